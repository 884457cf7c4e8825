import type { Execute } from '@artdag/messaging';
import { giveUpClaims } from '../deliveries/enqueue.ts';
import { beginErasure } from '../erasing/begin-erasure.ts';
import { endReactionsTo } from '../reactions/end-reactions.ts';
import type { LocalUrls } from '../urls.ts';
import { publishNow, uuidOf, withoutFragment, type Activity } from './publish-claim.ts';
import { overwritePublications, passVersions, removePublications, type Occasion } from './publication.repository.ts';

export interface ErasedAsset {
  /** Asset id. */
  subject: string;
  /** Nothing of the asset up to this version is published any more. */
  version: number;
  objectId: string;
  apActorId: string;
  tombstones: readonly { id: string }[];
  /** The signed Delete; null where none could be signed. */
  deletion: Activity | null;
  event: Occasion & { id: string };
}

export interface EraseDeps {
  urls: LocalUrls;
  now: () => Date;
}

/**
 * Puts tombstones in the place of an asset's claims, in the caller's transaction; what waits to be delivered of them is given up. Followers
 * hear of the Delete, if they have not yet: its own event may have been erased before it went out. Repeating it changes nothing.
 */
export async function eraseClaims(deps: EraseDeps, execute: Execute, erased: ErasedAsset): Promise<void> {
  const { subject, version, objectId, apActorId, deletion, event } = erased;
  const now = deps.now();
  await passVersions(execute, subject, version);
  const tombstones = new Map(erased.tombstones.map((tombstone) => [uuidOf(tombstone.id), JSON.stringify(tombstone)]));
  await overwritePublications(execute, tombstones, now);
  await endReactionsTo(execute, [withoutFragment(objectId)]);
  await giveUpClaims(execute, [...tombstones.keys()], now);
  if (deletion !== null) await publishNow(deps.urls, execute, subject, deletion, event);
  const username = deps.urls.usernameOf(apActorId) ?? '';
  const marks = [objectId, ...erased.tombstones.map(({ id }) => id)];
  await beginErasure(execute, { id: event.id, kind: 'asset', apActorId, username, marks });
}

/** Takes up to `limit` of a deleted actor's activities out of the outbox, which nobody can read any more. Answers how many. */
export async function erasePublications(execute: Execute, apActorId: string, limit: number): Promise<number> {
  const { removed, objectIds } = await removePublications(execute, apActorId, limit);
  await endReactionsTo(execute, objectIds);
  return removed;
}
