import type { KeyValueStore, Unsubscribe } from '@artdag/key-value';
import { z } from 'zod';
import type { ActorKeys } from './actor-keys.ts';

/** Reaches every replica of every service; each takes what concerns it. */
const channel = 'cache:invalidate';

const messageSchema = z.union([
  z.object({ cache: z.literal('actor-keys'), key: z.string() }),
  // The form of earlier versions, which may run beside this one during an update.
  z
    .object({ kind: z.literal('actor-keys'), actor_id: z.string() })
    .transform(({ actor_id: key }) => ({ cache: 'actor-keys', key })),
]);

/** Tells all replicas that what they know about an actor's keys is old. */
export async function publishKeysChanged(store: KeyValueStore, actorId: string): Promise<void> {
  await store.publish(channel, JSON.stringify({ cache: 'actor-keys', key: actorId }));
}

/** Forgets keys as the messages say, and all of them when messages may have been missed. */
export function subscribeKeysChanged(store: KeyValueStore, keys: ActorKeys): Promise<Unsubscribe> {
  return store.subscribe(
    channel,
    (text) => {
      const actorId = changedActor(text);
      if (actorId !== undefined) keys.forget(actorId);
    },
    () => keys.forgetAll(),
  );
}

function changedActor(text: string): string | undefined {
  try {
    const message = messageSchema.safeParse(JSON.parse(text));
    return message.success ? message.data.key : undefined;
  } catch {
    return undefined;
  }
}
