import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { AssertionSigner } from '@artdag/actor-context';
import { hasBody, readBody } from '@artdag/service-kit';
import type { Challenge } from '../edge/challenge.ts';
import type { Continues } from '../edge/continue.ts';
import type { Exchange } from '../edge/exchange.ts';
import type { Observer } from '../edge/observe.ts';
import type { HeldBodies } from '../msign/held-bodies.ts';
import type { Route } from '../route-table.ts';
import { meteredBody } from './request-body.ts';
import { type Forwarded, requestHeaders } from './request-headers.ts';
import { ResponseRelay } from './response-relay.ts';
import type { Unread } from './unread.ts';
import type { Upstreams } from './upstreams.ts';

export interface ForwardDeps {
  upstreams: Upstreams;
  signer: AssertionSigner;
  continues: Continues;
  observer: Observer;
  challenge: Challenge;
  /** Those that had to be read before it was known who sent them. */
  bodies: Pick<HeldBodies, 'of' | 'drop'>;
  /** How long a client may take nothing of an answer that waits for it. */
  takesNothingMs: number;
  unread: Unread;
}

/**
 * Hands a request to its owner and the answer back.
 * @param refuse called at most once, instead of an answer, and only while none has begun
 */
export type Forward = (exchange: Exchange, refuse: (error: unknown) => void) => void;

export function createForward(deps: ForwardDeps): Forward {
  return (exchange, refuse) => {
    const { owner, caller } = exchange;
    // web calls the public API with what the visitor sent, so it gets no assertion.
    if (!caller || owner === 'web') return send(deps, exchange, undefined, refuse);
    const known = deps.signer.signed(owner, caller.cacheKey);
    if (known !== undefined) return send(deps, exchange, known, refuse);
    deps.signer
      .sign(owner, caller.assertion, caller.cacheKey)
      .then((assertion) => send(deps, exchange, assertion, refuse))
      .catch(refuse);
  };
}

function send(
  deps: ForwardDeps,
  exchange: Exchange,
  assertion: string | undefined,
  refuse: (error: unknown) => void,
): void {
  const { request, response } = exchange;
  if (response.destroyed) return;
  const headers = requestHeaders(request, {
    requestId: exchange.requestId,
    client: exchange.client,
    assertion,
    credentials: rawCredentials(exchange),
  });
  deps.upstreams.enter(exchange.owner);
  const relay = new ResponseRelay({
    exchange,
    challenge: deps.challenge,
    takesNothingMs: deps.takesNothingMs,
    unread: deps.unread,
    onAnswer: () => deps.bodies.drop(request),
    refuse,
    retry: repeatable(request) ? () => dispatch(null) : undefined,
  });
  response.once('close', () => {
    deps.upstreams.leave(exchange.owner);
    if (relay.close()) deps.observer.ended(exchange);
  });
  deps.continues.goOn(request, response);
  const body = bodyOf(deps, exchange);
  if (body instanceof Promise) body.then(dispatch, (error: Error) => relay.onError(error));
  else dispatch(body);

  function dispatch(body: Readable | Buffer | null): void {
    if (response.destroyed) return;
    const { method = '', url = '' } = request;
    deps.upstreams.of(exchange.owner).dispatch(
      {
        // As it came: a URL parser would normalise it, and signatures cover the original.
        path: url,
        method,
        headers,
        body,
        ...patienceFor(exchange.route),
      },
      relay,
    );
  }
}

/** As many as are forwarded at once may be held in memory, each that long. */
const shortBodyBytes = 16 * 1024;

/** A short body is read first: as a rule it has come with the head, and a stream of its own would cost more than the rest of the way. */
function bodyOf(
  { bodies }: ForwardDeps,
  { request, maxBodyBytes }: Exchange,
): Readable | Buffer | null | Promise<Buffer> {
  if (!hasBody(request)) return null;
  const held = bodies.of(request);
  if (held !== undefined) return held;
  const isShort = Number(request.headers['content-length'] ?? Infinity) <= shortBodyBytes;
  return isShort ? readBody(request, maxBodyBytes) : meteredBody(request, maxBodyBytes);
}

/** Where an owner has longer than usual. */
function patienceFor({ answerMs }: Route): { headersTimeout?: number; bodyTimeout?: number } {
  return answerMs === undefined ? {} : { headersTimeout: answerMs, bodyTimeout: answerMs };
}

/** What may be sent twice, when the first time met a dead connection. */
function repeatable(request: IncomingMessage): boolean {
  return (request.method === 'GET' || request.method === 'HEAD') && !hasBody(request);
}

/** Where the owner reads them itself, a caller is known only by a signature, and then nothing else may speak for him. */
function rawCredentials({ owner, route, caller }: Exchange): Forwarded['credentials'] {
  if (owner === 'web') return 'cookie';
  return route.credentials === 'owner' && !caller ? 'all' : 'none';
}
