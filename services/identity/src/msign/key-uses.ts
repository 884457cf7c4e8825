import { createLoop, type Logger } from '@artdag/service-kit';
import { LRUCache } from 'lru-cache';

/** When keys were used last, gathered and written in the background: no request waits for it. */
export interface KeyUses {
  note(keyId: string): void;
  start(): void;
  /** Writes what is gathered. */
  stop(): Promise<void>;
}

export interface KeyUsesOptions {
  /** Writes the times that are not within `everyMs` of the one that is written. */
  write: (uses: ReadonlyMap<string, Date>, everyMs: number) => Promise<void>;
  now: () => Date;
  logger: Logger;
}

/** A key's row is written at most this often. */
const everyMs = 60_000;
const gatherMs = 2000;
const maxKeys = 20_000;

export function createKeyUses(o: KeyUsesOptions): KeyUses {
  const notedAt = new LRUCache<string, number>({ max: maxKeys });
  let gathered = new Map<string, Date>();

  const flush = async (): Promise<void> => {
    if (gathered.size === 0) return;
    const uses = gathered;
    gathered = new Map();
    try {
      await o.write(uses, everyMs);
    } catch (error) {
      // For the next turn, except what was noted since.
      gathered = new Map([...uses, ...gathered]);
      throw error;
    }
  };
  const loop = createLoop({ name: 'key uses', everyMs: gatherMs, logger: o.logger, run: flush });

  return {
    note(keyId) {
      const now = o.now();
      const before = notedAt.get(keyId);
      if (before !== undefined && Math.abs(now.getTime() - before) < everyMs) return;
      notedAt.set(keyId, now.getTime());
      gathered.set(keyId, now);
    },
    start: () => loop.start(),
    async stop() {
      await loop.stop();
      await flush().catch((error: unknown) => o.logger.warn('the last uses of keys were not written', { error }));
    },
  };
}
