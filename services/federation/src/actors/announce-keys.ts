import type { Execute } from '@artdag/messaging';
import { publicCollection } from '@artdag/claims';
import { enqueueUpdate } from '../deliveries/enqueue.ts';
import type { LocalUrls } from '../urls.ts';
import { actorDocument } from './actor-document.ts';
import type { LocalActor } from './local-actor.ts';

/**
 * Tells an actor's followers of its keys, in the caller's transaction: an `Update` of the actor document to each inbox. Servers that keep
 * keys find a new one without it, since its id is new to them; but only so do they hear that one is not to be trusted any more.
 *
 * @param version of the key set; what waits of an earlier one is dropped, since its document is old
 */
export async function announceKeys(
  execute: Execute,
  urls: LocalUrls,
  o: { actor: LocalActor; version: number; now: Date },
): Promise<void> {
  const { apId, username } = o.actor;
  const { '@context': context, ...object } = actorDocument(urls, o.actor);
  const update = {
    '@context': context,
    type: 'Update',
    id: `${apId}#updates/keys-${o.version}`,
    actor: apId,
    to: [publicCollection],
    cc: [urls.followers(username)],
    object,
  };
  await enqueueUpdate(execute, { apActorId: apId, username, body: JSON.stringify(update), now: o.now });
}
