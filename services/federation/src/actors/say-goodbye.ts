import { publicCollection } from '@artdag/claims';
import type { Execute } from '@artdag/messaging';
import { enqueueGoodbye } from '../deliveries/enqueue.ts';

/**
 * Tells a deleted actor's followers, in the caller's transaction: one `Delete` of the actor to each inbox, in the form that others of the
 * fediverse send. It is signed by the actor's own key, which they know from before; its address answers 410 from now on.
 */
export async function sayGoodbye(
  execute: Execute,
  { apActorId, username, now }: { apActorId: string; username: string; now: Date },
): Promise<void> {
  const body = JSON.stringify({
    '@context': 'https://www.w3.org/ns/activitystreams',
    type: 'Delete',
    id: `${apActorId}#delete`,
    actor: apActorId,
    to: [publicCollection],
    object: apActorId,
  });
  await enqueueGoodbye(execute, { apActorId, username, body, now });
}
