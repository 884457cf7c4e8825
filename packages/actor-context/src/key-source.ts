import { sleep } from '@artdag/service-kit';
import { LRUCache } from 'lru-cache';
import type { KeyRecord } from './key-set.ts';

export interface KeySourceOptions {
  load: () => Promise<Map<string, KeyRecord>>;
  now: () => Date;
}

export interface KeySource {
  /** The record of `kid`, or undefined when there is none now. Rejects when the keys cannot be read. */
  find(kid: string): Promise<KeyRecord | undefined>;
}

const MIN_GAP_MS = 200;
const REFRESH_AFTER_MS = 5 * 60_000;
const FIRST_RETRY_MS = 1000;
const LATER_RETRY_MS = 10_000;
const MAX_REMEMBERED = 1000;

/**
 * The key set, read again when a kid is unknown. Reads are shared, 200 ms apart at least; a kid that stayed unknown is
 * looked for again after a second, then every ten. A set older than five minutes is renewed without waiting for it.
 */
export function createKeySource(o: KeySourceOptions): KeySource {
  let keys = new Map<string, KeyRecord>();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let startedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;
  const unknown = new LRUCache<string, { tries: number; retryAt: number }>({ max: MAX_REMEMBERED });

  const load = async (): Promise<void> => {
    const waitMs = startedAt + MIN_GAP_MS - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    startedAt = performance.now();
    keys = await o.load();
    loadedAt = performance.now();
  };

  const reload = (): Promise<void> => {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  const known = (kid: string): KeyRecord | undefined => {
    const record = keys.get(kid);
    return record !== undefined && record.notAfterMs > o.now().getTime() ? record : undefined;
  };

  const search = async (kid: string): Promise<KeyRecord | undefined> => {
    const joined = loading !== undefined;
    await reload();
    // A read that was under way may have begun before the key was registered.
    if (joined && known(kid) === undefined) await reload();
    const record = known(kid);
    if (record !== undefined) {
      unknown.delete(kid);
      return record;
    }
    const tries = (unknown.get(kid)?.tries ?? 0) + 1;
    unknown.set(kid, { tries, retryAt: performance.now() + (tries === 1 ? FIRST_RETRY_MS : LATER_RETRY_MS) });
    return undefined;
  };

  return {
    async find(kid) {
      const record = known(kid);
      if (record === undefined) {
        const missed = unknown.get(kid);
        return missed !== undefined && performance.now() < missed.retryAt ? undefined : search(kid);
      }
      // Keys stay good while auth is away, so a renewal that fails is simply tried again.
      if (performance.now() - loadedAt > REFRESH_AFTER_MS) void reload().catch(() => undefined);
      return record;
    },
  };
}
