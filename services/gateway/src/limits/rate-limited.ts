import type { Decision } from '@artdag/rate-limit';
import { AppError } from '@artdag/service-kit';

/** 429 `rate_limited`, by the bucket of this name. */
export class RateLimited extends AppError {
  readonly bucket: string;

  constructor({ bucket, limit, remaining, resetSeconds, retryAfterSeconds }: Decision) {
    super('rate_limited', 429, `Too many requests; try again in ${retryAfterSeconds} s.`, {
      headers: {
        'retry-after': String(retryAfterSeconds),
        // draft-ietf-httpapi-ratelimit-headers-06
        'ratelimit-limit': String(limit),
        'ratelimit-remaining': String(remaining),
        'ratelimit-reset': String(resetSeconds),
      },
    });
    this.bucket = bucket;
  }
}
