import type { KeyValueStore } from '@artdag/key-value';
import type { Logger } from '@artdag/service-kit';
import { fieldsOf, secondsUntil } from './fields.ts';
import { createOutage } from './outage.ts';
import { createRecords } from './records.ts';
import { tooManyFailures } from './refusals.ts';

/** From so many failures in a row, each one blocks for this long. */
export interface FailureStep {
  failures: number;
  blockMs: number;
}

export interface FailureLimiterOptions {
  store: KeyValueStore;
  logger: Logger;
  /** `authfail:` by default. */
  keyPrefix?: string;
  /** In rising order; those of public-key-auth.md §5 by default. */
  steps?: readonly FailureStep[];
  /** Failures are forgotten after so much quiet; 1 h by default. */
  forgetMs?: number;
  now?: () => Date;
}

export interface FailureLimiter {
  /**
   * How many failures in a row are remembered of `key`; after none there is nothing that `succeed` could forget.
   * @throws AppError 429 `too_many_failures` with `Retry-After` while `key` is blocked
   */
  check(key: string): Promise<number>;
  fail(key: string): Promise<void>;
  succeed(key: string): Promise<void>;
}

/** 5 → 30 s, 10 → 5 min, 20 → 15 min (public-key-auth.md §5). */
export const failureSteps: readonly FailureStep[] = [
  { failures: 5, blockMs: 30_000 },
  { failures: 10, blockMs: 5 * 60_000 },
  { failures: 20, blockMs: 15 * 60_000 },
];

/** Counts failures in a row per key (an address key), whatever was tried. */
export function createFailureLimiter(o: FailureLimiterOptions): FailureLimiter {
  const { store, keyPrefix = 'authfail:', steps = failureSteps, forgetMs = 60 * 60_000 } = o;
  const now = (): number => (o.now?.() ?? new Date()).getTime();
  const outage = createOutage({ logger: o.logger, what: 'failure limits', now: () => performance.now() });
  const records = createRecords({ store, outage, keyPrefix, maxKeys: 50_000 });

  return {
    async check(key) {
      const { failures, blockedUntil } = parse(await records.read(key), now(), forgetMs);
      if (blockedUntil > now()) throw tooManyFailures(secondsUntil(blockedUntil, now()));
      return failures;
    },
    async fail(key) {
      await records.change(key, (record) => {
        const at = now();
        const failures = parse(record, at, forgetMs).failures + 1;
        const blockMs = steps.findLast((step) => failures >= step.failures)?.blockMs ?? 0;
        return { record: [failures, at + blockMs, at].join(':'), ttlMs: forgetMs + blockMs, result: undefined };
      });
    },
    async succeed(key) {
      await records.change(key, (record) => ({
        record: record === null ? undefined : null,
        ttlMs: 1000,
        result: undefined,
      }));
    },
  };
}

function parse(record: string | null, at: number, forgetMs: number): { failures: number; blockedUntil: number } {
  const [failures = 0, blockedUntil = 0, failedAt = 0] = fieldsOf(record);
  const quietMs = at - Math.max(failedAt, blockedUntil);
  return quietMs > forgetMs ? { failures: 0, blockedUntil: 0 } : { failures, blockedUntil };
}
