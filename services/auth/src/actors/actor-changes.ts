import type { KeyValueStore, Unsubscribe } from '@artdag/key-value';
import type { Logger } from '@artdag/service-kit';
import type { ActorProfiles } from './actor-profiles.ts';

/** Tells every replica that keeps something about actors that one has changed. Best effort: nothing kept is older than a minute anyway. */
export interface ActorChanges {
  /** Call after the commit. What this process keeps is dropped at once. */
  announce(actorId: string): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const channel = 'cache:invalidate';

export function createActorChanges(o: { store: KeyValueStore; profiles: ActorProfiles; logger: Logger }): ActorChanges {
  let unsubscribe: Unsubscribe | undefined;
  const hear = (message: string): void => {
    const actorId = actorIn(message);
    if (actorId !== null) o.profiles.forget(actorId);
  };
  return {
    announce(actorId) {
      o.profiles.forget(actorId);
      const message = JSON.stringify({ cache: 'actor', key: actorId });
      o.store.publish(channel, message).catch((error: unknown) => {
        o.logger.debug('could not tell the other replicas that an actor has changed', { error });
      });
    },
    async start() {
      unsubscribe = await o.store.subscribe(channel, hear, () => o.profiles.forgetAll());
    },
    async stop() {
      await unsubscribe?.().catch(() => undefined);
      unsubscribe = undefined;
    },
  };
}

/** The channel is everybody's: other caches' messages and nonsense are not for us. */
function actorIn(message: string): string | null {
  try {
    const { cache, key } = JSON.parse(message) as { cache?: unknown; key?: unknown };
    return cache === 'actor' && typeof key === 'string' ? key : null;
  } catch {
    return null;
  }
}
