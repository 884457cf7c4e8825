import type { KeyValueStore, Unsubscribe } from './key-value-store.ts';

/**
 * What replicas tell each other about what they keep in memory: `{"cache":<name>,"key":<what changed>}` on the store's channel
 * `cache:invalidate`. It makes news travel at once; it decides nothing, since every cache also has an age after which it asks again.
 */
export interface Invalidations {
  /** Calls `drop` with each key of `cache` that has changed, said here or elsewhere. Say so before `start`. */
  on(cache: string, drop: (key: string) => void): void;
  /** Calls `dropAll` when messages may have been missed. */
  onGap(dropAll: () => void): void;
  /**
   * Call after the commit. What this process keeps is dropped at once, the other replicas are told; resolves once they are. A store that is
   * away is logged and never thrown: a change that has been made stays made.
   */
  announce(cache: string, key: string): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The service's own. */
export interface InvalidationsLogger {
  warn(message: string, details: { error: unknown; cache?: string }): void;
}

const channel = 'cache:invalidate';

export function createInvalidations(store: KeyValueStore, logger: InvalidationsLogger): Invalidations {
  const handlers = new Map<string, ((key: string) => void)[]>();
  const gapHandlers: (() => void)[] = [];
  let unsubscribe: Unsubscribe | undefined;

  const drop = (cache: string, key: string): void => {
    for (const handler of handlers.get(cache) ?? []) handler(key);
  };
  const hear = (text: string): void => {
    const message = messageIn(text);
    if (message !== undefined) drop(message.cache, message.key);
  };
  const missed = (): void => {
    for (const handler of gapHandlers) handler();
  };

  return {
    on: (cache, handler) => void handlers.set(cache, [...(handlers.get(cache) ?? []), handler]),
    onGap: (handler) => void gapHandlers.push(handler),
    async announce(cache, key) {
      drop(cache, key);
      await store.publish(channel, JSON.stringify({ cache, key })).catch((error: unknown) => {
        logger.warn('could not tell the other replicas of a change; they see it within a minute', { cache, error });
      });
    },
    async start() {
      try {
        unsubscribe = await store.subscribe(channel, hear, missed);
      } catch (error) {
        logger.warn('changes that other replicas make are not heard of, and seen within a minute', { error });
      }
    },
    async stop() {
      await unsubscribe?.().catch(() => undefined);
      unsubscribe = undefined;
    },
  };
}

/** The channel is everybody's: other services' messages, of other shapes too, are not for us. */
function messageIn(text: string): { cache: string; key: string } | undefined {
  try {
    const { cache, key } = JSON.parse(text) as { cache?: unknown; key?: unknown };
    return typeof cache === 'string' && typeof key === 'string' ? { cache, key } : undefined;
  } catch {
    return undefined;
  }
}
