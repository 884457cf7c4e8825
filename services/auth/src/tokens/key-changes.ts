import type { KeyValueStore, Unsubscribe } from '@artdag/key-value';
import type { Logger } from '@artdag/service-kit';
import type { KeyRing } from './key-ring.ts';

/** Tells everybody who keeps the key set that it has changed. Best effort: every replica reads the ring by itself every few seconds. */
export interface KeyChanges {
  /** Call after the commit. */
  announce(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const channel = 'cache:invalidate';
/** Gateways that hear it fetch the key set anew. */
const message = JSON.stringify({ cache: 'token-keys', key: '*' });

export function createKeyChanges(o: { store: KeyValueStore; ring: KeyRing; logger: Logger }): KeyChanges {
  let unsubscribe: Unsubscribe | undefined;
  const reload = (): void => {
    o.ring.reload().catch((error: unknown) => o.logger.warn('could not read the key ring', { error }));
  };
  return {
    announce: () => void o.store.publish(channel, message).catch(() => undefined),
    async start() {
      const hear = (heard: string): void => {
        if (heard === message) reload();
      };
      unsubscribe = await o.store.subscribe(channel, hear, () => undefined);
    },
    async stop() {
      await unsubscribe?.().catch(() => undefined);
      unsubscribe = undefined;
    },
  };
}
