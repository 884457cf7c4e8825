import type { Execute } from '@artdag/messaging';
import { publicCollection } from '@artdag/claims';
import { enqueueUpdate } from '../deliveries/enqueue.ts';
import type { LocalUrls } from '../urls.ts';
import { actorDocument } from './actor-document.ts';
import type { LocalActor } from './local-actor.ts';

/**
 * Tells an actor's followers how it is shown now, in the caller's transaction: an `Update` of the actor document to each inbox. What waits of
 * an earlier one is dropped, since its document is old.
 *
 * Servers that keep keys find a new one without it, since its id is new to them; but only so do they hear that one is not to be trusted any
 * more. A new name they would find when they look next, which may be never.
 *
 * @param o.actor as the caller's transaction has just written it, so that of two at once the later document has what both changed
 * @param o.change what was changed and its version, the end of the activity's id: `keys-2`
 */
export async function announceActor(
  execute: Execute,
  urls: LocalUrls,
  o: { actor: LocalActor; change: string; now: Date },
): Promise<void> {
  const { apId, username } = o.actor;
  const { '@context': context, ...object } = actorDocument(urls, o.actor);
  const update = {
    '@context': context,
    type: 'Update',
    id: `${apId}#updates/${o.change}`,
    actor: apId,
    to: [publicCollection],
    cc: [urls.followers(username)],
    object,
  };
  await enqueueUpdate(execute, { apActorId: apId, username, body: JSON.stringify(update), now: o.now });
}
