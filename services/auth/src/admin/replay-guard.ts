import { createHash } from 'node:crypto';
import type { KeyValueStore } from '@artdag/key-value';
import { AppError, type Logger } from '@artdag/service-kit';
import { LRUCache } from 'lru-cache';

/** A signed request is good for a minute either way; each is taken once. */
export interface ReplayGuard {
  /** @throws AppError 409 `replayed` */
  refuseSecondUse(signature: string): Promise<void>;
}

const windowMs = 130_000;
const maxRemembered = 10_000;

/** Remembers in the shared store, for all replicas, and in this process, for when the store is away. */
export function createReplayGuard(o: { store: KeyValueStore; logger: Logger }): ReplayGuard {
  const seen = new LRUCache<string, true>({ max: maxRemembered, ttl: windowMs });
  return {
    async refuseSecondUse(signature) {
      const hash = createHash('sha256').update(signature).digest('base64url');
      if (seen.has(hash)) throw replayed();
      seen.set(hash, true);
      const isFirst = await o.store
        .setIfAbsent(`admin:seen:${hash}`, '1', { ttlMs: windowMs })
        .catch((error: unknown) => {
          o.logger.warn('the shared store is away, so that replayed admin requests are known to this process only', {
            error,
          });
          return true;
        });
      if (!isFirst) throw replayed();
    },
  };
}

function replayed(): AppError {
  return new AppError('replayed', 409, 'This very request was made before. Sign a new one.');
}
