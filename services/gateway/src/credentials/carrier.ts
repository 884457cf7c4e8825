import type { IncomingMessage } from 'node:http';
import type { Assertion } from '@artdag/actor-context';

/** Who a credential stands for. */
export interface Caller {
  assertion: Assertion;
  /** Names the credential without revealing it: assertions made from it are cached under this key. */
  cacheKey: string;
}

/** One way in which a request can carry a credential. */
export interface Carrier {
  name: string;
  /** Whether the request carries one this way. Looked at for every request, so it only looks at headers. */
  present(request: IncomingMessage): boolean;
  /**
   * Resolves it. `undefined` means that it does not count and the next carrier is asked (a stale cookie).
   * @throws AppError when the request must not go on: 401 for a credential that somebody meant to use.
   */
  resolve(request: IncomingMessage): Promise<Caller | undefined>;
}
