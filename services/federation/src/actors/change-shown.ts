import { RetryLater, type Execute } from '@artdag/messaging';
import type { LocalUrls } from '../urls.ts';
import { actorDocument } from './actor-document.ts';
import { isComplete } from './actor-keys.ts';
import { lockRegistered } from './actor.repository.ts';
import { announceActor } from './announce-actor.ts';
import type { LocalActor } from './local-actor.ts';

export interface ShownChange {
  actorId: string;
  /** What it is about and its version, the end of the id of the `Update`: `name-2`. */
  change: string;
  /** Writes what is new, in the same transaction, and answers the row as it is then; undefined when something as new is kept already. */
  write: () => Promise<LocalActor | undefined>;
  now: Date;
}

/**
 * Changes our copy of an actor, whose row stays locked until the transaction ends. When its document has changed, followers are told; not before
 * its keys are there, as nobody has been shown the document then.
 *
 * @throws RetryLater when the actor's registration has not come yet
 */
export async function changeShown(execute: Execute, urls: LocalUrls, o: ShownChange): Promise<void> {
  const former = await lockRegistered(execute, o.actorId);
  if (former === undefined) throw new RetryLater(`${o.actorId} was changed, its registration has not come yet`);
  const actor = await o.write();
  if (actor === undefined || !isComplete(actor.keys)) return;
  const isShownAlike = JSON.stringify(actorDocument(urls, actor)) === JSON.stringify(actorDocument(urls, former));
  if (!isShownAlike) await announceActor(execute, urls, { actor, change: o.change, now: o.now });
}

/** What a service was asked about after news of it. @throws RetryLater when its answer is older than the news */
export function refuseOlder(known: { actorId: string; version: number }, heard: number): void {
  if (known.version >= heard) return;
  throw new RetryLater(`version ${heard} of ${known.actorId} was told, and version ${known.version} answered`);
}
