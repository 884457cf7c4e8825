import { addressKey, type Decision, type WindowLimiter } from '@artdag/rate-limit';
import { AppError, type Metrics } from '@artdag/service-kit';

export interface VerifyLimits {
  /**
   * Counts a request in the bucket of that L1 at that address, so that nobody uses up an L1's by claiming its name; who names no listed one is
   * counted by the address alone. Nothing to wait for, as a rule.
   *
   * @throws AppError 429 `rate_limited`
   */
  count(l1Server: string | undefined, address: string): Promise<void> | undefined;
}

const windowMs = 60_000;
const bucket = 'verify';

/** @param o.perMinute undefined: no limit */
export function createVerifyLimits(o: {
  limiter: Pick<WindowLimiter, 'take'>;
  perMinute: number | undefined;
  metrics: Metrics;
}): VerifyLimits {
  const limited = o.metrics.counter('rate_limited_total', 'Requests refused by a rate limit, by bucket.', ['bucket']);
  const settle = (decision: Decision): void => {
    if (decision.allowed) return;
    limited.inc({ bucket });
    throw rateLimited(decision);
  };
  return {
    count(l1Server, address) {
      if (o.perMinute === undefined) return undefined;
      const key = `${l1Server ?? ''} ${addressKey(address)}`;
      const decision = o.limiter.take([{ bucket, key, limit: o.perMinute, windowMs }]);
      if (decision instanceof Promise) return decision.then(settle);
      settle(decision);
      return undefined;
    },
  };
}

function rateLimited({ limit, remaining, resetSeconds, retryAfterSeconds }: Decision): AppError {
  return new AppError('rate_limited', 429, `Too many requests; try again in ${retryAfterSeconds} s.`, {
    headers: {
      'retry-after': String(retryAfterSeconds),
      // draft-ietf-httpapi-ratelimit-headers-06
      'ratelimit-limit': String(limit),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(resetSeconds),
    },
  });
}
