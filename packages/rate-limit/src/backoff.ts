import type { KeyValueStore } from '@artdag/key-value';
import type { Logger } from '@artdag/service-kit';
import { fieldsOf, secondsUntil } from './fields.ts';
import { createOutage } from './outage.ts';
import { createRecords } from './records.ts';

export interface BackoffOptions {
  store: KeyValueStore;
  logger: Logger;
  /** `rl:password:` by default. */
  keyPrefix?: string;
  /** Failures within `windowMs` that end in the first block; 10 by default. */
  freeFailures?: number;
  /** 15 min by default. It is also how long a block's memory lasts, unless twice the block is longer. */
  windowMs?: number;
  /** 30 s by default. Doubles with every further failure. */
  firstBlockMs?: number;
  /** 15 min by default. */
  longestBlockMs?: number;
  now?: () => Date;
}

export type Attempt = { allowed: true } | { allowed: false; retryAfterSeconds: number };

/** Slows down guessing at one account (credentials.md §6). Each attempt that was let in ends in one of the three ways. */
export interface Backoff {
  /**
   * Asks for one attempt, before anything expensive is done. It counts as a failure from here on, so that attempts side by side cannot all
   * slip through. A refused one changes nothing.
   */
  attempt(key: string): Promise<Attempt>;
  /** It was the right password: everything is forgotten. */
  succeed(key: string): Promise<void>;
  /** It ended in neither (busy, 5xx): it counts no more. A wrong password is left as it is. */
  giveBack(key: string): Promise<void>;
}

/** `level` 0: `failures` are the times of those in the window. From 1 on: the block was doubled `level - 1` times. */
interface State {
  level: number;
  blockedUntil: number;
  failures: number[];
}

export function createBackoff(o: BackoffOptions): Backoff {
  const { store, keyPrefix = 'rl:password:', freeFailures = 10, windowMs = 15 * 60_000 } = o;
  const { firstBlockMs = 30_000, longestBlockMs = 15 * 60_000 } = o;
  const now = (): number => (o.now?.() ?? new Date()).getTime();
  const outage = createOutage({ logger: o.logger, what: 'password back-off', now: () => performance.now() });
  const records = createRecords({ store, outage, keyPrefix, maxKeys: 50_000 });

  const blockMs = (level: number): number =>
    level === 0 ? 0 : Math.min(longestBlockMs, firstBlockMs * 2 ** (level - 1));
  const memoryMs = (level: number): number => Math.max(windowMs, 2 * blockMs(level));

  function parse(record: string | null, at: number): State {
    const [level = 0, blockedUntil = 0, ...failures] = fieldsOf(record);
    const last = failures.at(-1) ?? 0;
    if (at - last > memoryMs(level)) return { level: 0, blockedUntil: 0, failures: [] };
    return { level, blockedUntil, failures: failures.filter((time) => at - time <= memoryMs(level)) };
  }

  /** Past the free ones, every failure raises the level and blocks. */
  function withFailure({ level, failures }: State, at: number): State {
    const times = [...failures, at].slice(-freeFailures);
    const raised = level > 0 || times.length >= freeFailures ? level + 1 : 0;
    return { level: raised, blockedUntil: at + blockMs(raised), failures: times };
  }

  /** The block was that failure's doing: one that was let in was let in because none stood. */
  function withoutFailure({ level, failures }: State): State {
    return { level: Math.max(0, level - 1), blockedUntil: 0, failures: failures.slice(0, -1) };
  }

  const toChange = (state: State) => ({
    record: state.failures.length === 0 ? null : [state.level, state.blockedUntil, ...state.failures].join(':'),
    ttlMs: memoryMs(state.level),
  });
  const refused = (state: State, at: number): Attempt => ({
    allowed: false,
    retryAfterSeconds: secondsUntil(state.blockedUntil, at),
  });

  return {
    async attempt(key) {
      // Most attempts on an account under attack end here, without waiting for each other.
      const seen = parse(await records.read(key), now());
      if (seen.blockedUntil > now()) return refused(seen, now());
      const made = await records.change<Attempt>(key, (record) => {
        const at = now();
        const state = parse(record, at);
        if (state.blockedUntil > at) return { record: undefined, ttlMs: 0, result: refused(state, at) };
        return { ...toChange(withFailure(state, at)), result: { allowed: true } };
      });
      return made ?? { allowed: false, retryAfterSeconds: 1 };
    },
    async succeed(key) {
      await records.change(key, (record) => ({
        record: record === null ? undefined : null,
        ttlMs: 1000,
        result: undefined,
      }));
    },
    async giveBack(key) {
      await records.change(key, (record) => ({
        ...toChange(withoutFailure(parse(record, now()))),
        result: undefined,
      }));
    },
  };
}
