import type { IncomingMessage } from 'node:http';
import type { Decision, WindowLimiter } from '@artdag/rate-limit';
import type { Metrics } from '@artdag/service-kit';
import type { Caller } from '../credentials/carrier.ts';
import type { Client } from '../proxy/client-address.ts';
import type { Route } from '../route-table.ts';
import type { Limits } from './buckets.ts';
import { chargesOf } from './charges.ts';
import { RateLimited } from './rate-limited.ts';
import type { Visitor, Visitors } from './visitors.ts';

export interface RateLimitsDeps {
  limits: Limits;
  limiter: WindowLimiter;
  visitors: Visitors;
  metrics: Metrics;
}

export interface RateLimits {
  /**
   * Counts a request and tells where it comes from: the caller's address, or the visitor's for whom web asks. At once
   * where nobody has to be asked.
   *
   * @throws AppError 429 `rate_limited` with `Retry-After` and `RateLimit-*`
   */
  admit(request: IncomingMessage, route: Route, caller: Caller | undefined): Client | Promise<Client>;
  /** Tells the other replicas what they do not know yet. */
  close(): Promise<void>;
}

export function createRateLimits(deps: RateLimitsDeps): RateLimits {
  const { limits, limiter, visitors } = deps;
  const limited = deps.metrics.counter('rate_limited_total', 'Requests refused by a rate limit, by bucket.', [
    'bucket',
  ]);

  function settle(decision: Decision, client: Client): Client {
    if (decision.allowed) return client;
    limited.inc({ bucket: decision.bucket });
    throw new RateLimited(decision);
  }

  function count(route: Route, caller: Caller | undefined, { client, byWeb }: Visitor): Client | Promise<Client> {
    const { limit } = route;
    const charges = chargesOf(limits, { limit, assertion: caller?.assertion, address: client.address, byWeb });
    const decision = limiter.take(charges);
    return decision instanceof Promise ? decision.then((made) => settle(made, client)) : settle(decision, client);
  }

  return {
    admit(request, route, caller) {
      const visitor = visitors.of(request);
      return visitor instanceof Promise
        ? visitor.then((known) => count(route, caller, known))
        : count(route, caller, visitor);
    },
    close: () => limiter.close(),
  };
}
