import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Assertion } from '@artdag/actor-context';
import type { AppError } from '@artdag/service-kit';
import type { RateLimited } from '../limits/rate-limited.ts';

/** The cookies that sign somebody in (credentials.md §2). */
export type CookieName = 'session_token' | 'platform_token';

/** Who a credential stands for. The same object for every use of the same credential: nobody may change it. */
export interface Caller {
  readonly assertion: Assertion;
  /** Names the credential without revealing it: assertions made from it are cached under this key. */
  readonly cacheKey: string;
  /** Under which it may have been taken back: token or key, session, actor. */
  readonly ids: readonly string[];
  /** The cookie it came in. */
  readonly cookie?: CookieName;
  /** What auth is told of its use, which it does not see itself. */
  readonly usedId?: string;
}

/** A request that carries a credential, and what a carrier needs that has to read its body. */
export interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  /** Of its route. */
  maxBodyBytes: number;
  /** Whether its route counts in no general bucket of the rate limits. */
  countsAlone: boolean;
  /** Whether its route takes a token of an L1. */
  l1Tokens: boolean;
}

/** One way in which a request can carry a credential. */
export interface Carrier {
  name: string;
  /** Set for a cookie: a bad one does not fail the request, the next carrier is asked instead. */
  cookie?: CookieName;
  /** Resolved on the routes as well whose owner reads credentials itself. */
  everywhere?: true;
  /** Whether the request carries one this way. Looked at for every request, so it only looks at headers. */
  present(request: IncomingMessage): boolean;
  /**
   * Whom it stands for, if nobody has taken it back. At once where that is remembered.
   * @throws AppError 401 for a bad credential, 403 for one that does not count here, 503 when it cannot be known
   */
  resolve(request: IncomingMessage, arrival: Arrival): Caller | Promise<Caller>;
  /** The 401 for a good credential that was taken back. */
  revoked(): AppError;
  /** Told when a request that carried one this way was refused by a rate limit, whether it was good or not. */
  limited?(request: IncomingMessage, error: RateLimited): void;
}

/** The ids of an assertion under which its credential may have been taken back (tenancy-tokens-ops.md §3). */
export function revocableIds({ jti, sid, actor }: Assertion): string[] {
  return [jti, sid, actor.actor_id].filter((id) => id !== null);
}
