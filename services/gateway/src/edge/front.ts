import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { unauthorized } from '@artdag/actor-context';
import type { Caller } from '../credentials/carrier.ts';
import type { Credentials } from '../credentials/resolver.ts';
import type { Forward } from '../proxy/forward.ts';
import { checkAnnouncedBody } from '../proxy/request-body.ts';
import type { Route, Upstream } from '../route-table.ts';
import { negotiate } from '../routing/negotiation.ts';
import type { Router } from '../routing/router.ts';
import { admit } from './admission.ts';
import type { Exchange } from './exchange.ts';
import type { OwnApp } from './own-app.ts';

export interface FrontDeps {
  router: Router;
  credentials: Credentials;
  forward: Forward;
  own: OwnApp;
  requestIds: (received: string | string[] | undefined) => string;
  maxBodyBytes: number;
}

/**
 * The way of every request: route, announced body, credential, then its owner. (Rate limits belong between credential
 * and owner, where both the address and the actor are known.)
 *
 * What services answer never enters Express, which would cost as much as the rest of the way; what the gateway answers
 * itself, refusals included, always does.
 */
export function createFront(deps: FrontDeps): RequestListener {
  return (request, response) => {
    const requestId = deps.requestIds(request.headers['x-request-id']);
    const refuse = (error: unknown): void => deps.own.refuse(request, response, requestId, error);
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
  const route = admit(deps.router, request.method ?? '', request.url ?? '');
  const { owner, vary } = chooseOwner(route, request);
  const maxBodyBytes = route.maxBodyBytes ?? deps.maxBodyBytes;
  checkAnnouncedBody(request, maxBodyBytes);

  const proceed = (caller: Caller | undefined): void => {
    if (!caller && route.auth === 'any') throw unauthorized();
    if (owner === 'gateway') {
      deps.own.answer(request, response, requestId, vary);
      return;
    }
    const exchange: Exchange = { request, response, requestId, startedAt, route, owner, vary, maxBodyBytes, caller };
    deps.forward(exchange, refuse);
  };
  if (deps.credentials.presented(request)) deps.credentials.resolve(request, response).then(proceed).catch(refuse);
  else proceed(undefined);
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
