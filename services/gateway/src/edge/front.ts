import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AppError, isUnsafeMethod, negotiate } from '@artdag/service-kit';
import type { Arrival, Caller } from '../credentials/carrier.ts';
import type { ClearCookies } from '../credentials/clear-cookies.ts';
import { type Credentials, nobody, type Resolution } from '../credentials/resolver.ts';
import { countsAlone } from '../limits/buckets.ts';
import { RateLimited } from '../limits/rate-limited.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { HeldBodies } from '../msign/held-bodies.ts';
import type { Client } from '../proxy/client-address.ts';
import type { Forward } from '../proxy/forward.ts';
import { checkAnnouncedBody } from '../proxy/request-body.ts';
import { nowhere, type Route, type Upstream } from '../route-table.ts';
import type { Router } from '../routing/router.ts';
import { admit } from './admission.ts';
import { refuseCrossSite } from './csrf.ts';
import type { Exchange } from './exchange.ts';
import { logInFirst } from './log-in-first.ts';
import type { OwnApp } from './own-app.ts';

export interface FrontDeps {
  router: Router;
  credentials: Credentials;
  clearCookies: ClearCookies;
  limits: RateLimits;
  /** Where pages of ours may be. */
  publicOrigins: readonly string[];
  forward: Forward;
  own: OwnApp;
  requestIds: (received: string | string[] | undefined) => string;
  maxBodyBytes: number;
  /** Those that had to be read before it was known who sent them. */
  bodies: Pick<HeldBodies, 'drop'>;
}

/**
 * The way of every request: route, announced body, credential, rate limits, then its owner.
 *
 * What services answer never enters Express, which would cost as much as the rest of the way; what the gateway answers
 * itself, refusals included, always does.
 */
export function createFront(deps: FrontDeps): RequestListener {
  return (request, response) => {
    const requestId = deps.requestIds(request.headers['x-request-id']);
    const refuse = (error: unknown): void => {
      deps.bodies.drop(request);
      deps.own.refuse(request, response, requestId, error);
    };
    try {
      receive(deps, request, response, requestId, refuse);
    } catch (error) {
      refuse(error);
    }
  };
}

function receive(
  deps: FrontDeps,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  refuse: (error: unknown) => void,
): void {
  const startedAt = performance.now();
  const route = routeOf(deps.router, request);
  const { owner, vary } = chooseOwner(route, request);
  const maxBodyBytes = route.maxBodyBytes ?? deps.maxBodyBytes;
  checkAnnouncedBody(request, maxBodyBytes);

  const proceed = (resolution: Resolution, client: Client): void => {
    const { caller } = resolution;
    const clearCookies = deps.clearCookies(request, resolution.badCookies);
    if (clearCookies.length > 0) response.setHeader('set-cookie', clearCookies);
    // A page sends strangers to the login instead.
    refuseUnlessAllowed(deps, request, owner === 'web' ? { ...route, auth: 'public' } : route, resolution);
    if (owner === 'gateway') {
      deps.own.answer(request, response, requestId, vary);
      return;
    }
    const way = { route, owner, vary, maxBodyBytes };
    const who = { client, caller, clearCookies };
    const exchange: Exchange = { request, response, requestId, startedAt, ...way, ...who };
    deps.forward(exchange, refuse);
  };
  const limit = (resolution: Resolution): void => {
    const client = count(deps, request, route, resolution.caller);
    if (client instanceof Promise) client.then((made) => proceed(resolution, made)).catch(refuse);
    else proceed(resolution, client);
  };
  if (!deps.credentials.presented(request, route.credentials === 'owner')) return limit(nobody);
  const arrival = {
    request,
    response,
    maxBodyBytes,
    countsAlone: countsAlone(route.limit),
    l1Tokens: route.l1Tokens === true,
  };
  resolveCaller(deps, arrival, route).then(limit).catch(refuse);
}

/** @throws AppError as `admit` does, except that a browser gets a page about what is not there */
function routeOf(router: Router, request: IncomingMessage): Route {
  const { method = '', url = '' } = request;
  try {
    return admit(router, method, url);
  } catch (error) {
    const isForPeople = !isUnsafeMethod(method) && negotiate(request.headers.accept) === 'html';
    if (isForPeople && error instanceof AppError && error.code === 'not_found') return nowhere;
    throw error;
  }
}

/** A credential that is refused was sent by nobody known: it counts as such, so that guessing is limited too. */
async function resolveCaller(deps: FrontDeps, arrival: Arrival, route: Route): Promise<Resolution> {
  try {
    return await deps.credentials.resolve(arrival);
  } catch (error) {
    if (error instanceof AppError && error.status < 500) await count(deps, arrival.request, route, undefined);
    throw error;
  }
}

/** Counts a request. @throws AppError 429 `rate_limited`, of which the credentials are told */
function count(
  { limits, credentials }: FrontDeps,
  request: IncomingMessage,
  route: Route,
  caller: Caller | undefined,
): Client | Promise<Client> {
  const tell = (error: unknown): never => {
    if (error instanceof RateLimited) credentials.limited(request, error);
    throw error;
  };
  try {
    const client = limits.admit(request, route, caller);
    return client instanceof Promise ? client.catch(tell) : client;
  } catch (error) {
    return tell(error);
  }
}

/** @throws AppError 401 `unauthorized`, 403 `csrf`, 503 `revocation_unavailable` or `dependency_unavailable` */
function refuseUnlessAllowed(
  deps: FrontDeps,
  request: IncomingMessage,
  route: Route,
  { caller, doubt }: Resolution,
): void {
  // A credential in doubt does not count: what is public is served as to anybody, and nothing is changed.
  if (doubt && (route.auth === 'any' || isUnsafeMethod(request.method ?? ''))) throw doubt;
  if (!caller) {
    if (route.auth === 'any') throw logInFirst(route, request);
    return;
  }
  if (route.csrf !== 'owner') refuseCrossSite(request, caller, deps.publicOrigins);
}

/** Where a path has a page as well, browsers are sent to web; the answer then depends on `Accept`, a page on more. */
function chooseOwner(
  route: Route,
  request: IncomingMessage,
): { owner: Upstream | 'gateway'; vary: string | undefined } {
  if (!route.page) return { owner: route.owner, vary: undefined };
  if (negotiate(request.headers.accept) === 'html') return { owner: 'web', vary: 'Accept, Cookie' };
  return { owner: route.owner, vary: 'Accept' };
}
