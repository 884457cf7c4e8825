import { createHash } from 'node:crypto';
import type { KeyValueStore } from '@artdag/key-value';
import type { Logger } from '@artdag/service-kit';

/** How long a failed fetch is not repeated, and a key not fetched again. */
const PAUSE_MS = 5 * 60_000;

export interface KeyMemory {
  /** Why the last fetch of this document failed, if that is less than 5 minutes ago. */
  failure(url: string): Promise<'failed' | 'gone' | undefined>;
  rememberFailure(url: string, gone: boolean): Promise<void>;
  /** True once in 5 minutes per document. */
  mayRefetch(url: string): Promise<boolean>;
  /** The fetch for which that was asked was not made. */
  notRefetched(url: string): Promise<void>;
}

/**
 * What replicas share about documents that they fetched. Without the store nothing is remembered, and what would be a repeated
 * fetch does not happen.
 */
export function createKeyMemory(store: KeyValueStore, logger: Logger): KeyMemory {
  const key = (what: string, url: string): string =>
    `federation:${what}:${createHash('sha256').update(url).digest('base64url')}`;
  const orElse = async <T>(asked: Promise<T>, fallback: T): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      logger.warn('the store does not answer: key fetches are not remembered', { error });
      return fallback;
    }
  };
  return {
    async failure(url) {
      const found = await orElse(store.get(key('keyfail', url)), null);
      return found === 'failed' || found === 'gone' ? found : undefined;
    },
    async rememberFailure(url, gone) {
      await orElse(store.set(key('keyfail', url), gone ? 'gone' : 'failed', { ttlMs: PAUSE_MS }), undefined);
    },
    mayRefetch: (url) => orElse(store.setIfAbsent(key('keyrefetch', url), '1', { ttlMs: PAUSE_MS }), false),
    notRefetched: (url) => orElse(store.delete(key('keyrefetch', url)), undefined),
  };
}
