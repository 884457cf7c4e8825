import type { Execute } from '@artdag/messaging';
import { enqueueToFollowers, giveUpClaims } from '../deliveries/enqueue.ts';
import { insertPublication, removePublication } from './publication.repository.ts';

export interface SharePublication {
  /** UUID. */
  activityId: string;
  /** Who shares. */
  actor: string;
  username: string;
  /** JSON text of the Announce. */
  document: string;
  /** What its deliveries are ordered by. */
  order: string;
  now: Date;
}

/** Puts an Announce into its actor's outbox and a delivery into the queue per follower inbox, in the caller's transaction. */
export async function publishShare(execute: Execute, s: SharePublication): Promise<void> {
  const { activityId, actor: apActorId, username, document, now } = s;
  const publication = { activityId, apActorId, document, publishedAt: now.toISOString(), objectId: null };
  await insertPublication(execute, publication);
  await enqueueToFollowers(execute, { activityId, objectId: s.order, apActorId, username, now });
}

/** Takes an Announce out of the outbox, in the caller's transaction; what waits to be delivered of it is given up. */
export async function withdrawShare(execute: Execute, activityId: string, now: Date): Promise<void> {
  await giveUpClaims(execute, [activityId], now);
  await removePublication(execute, activityId);
}
