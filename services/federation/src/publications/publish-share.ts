import type { Execute } from '@artdag/messaging';
import { giveUpClaims } from '../deliveries/enqueue.ts';
import { removePublication } from './publication.repository.ts';
import { publish } from './publish.ts';

export interface SharePublication {
  /** UUID. */
  activityId: string;
  /** Who shares. */
  actor: string;
  /** JSON text of the Announce. */
  document: string;
  /** What its deliveries are ordered by. */
  order: string;
  now: Date;
}

/** Publishes an Announce, in the caller's transaction. */
export async function publishShare(execute: Execute, s: SharePublication): Promise<void> {
  const { activityId, actor: apActorId, document, order: orderId } = s;
  const publishedAt = s.now.toISOString();
  await publish(execute, { activityId, apActorId, objectId: null, orderId, document, publishedAt, occasion: {} });
}

/** Takes an Announce out of the outbox, in the caller's transaction; what waits to be delivered of it is given up. */
export async function withdrawShare(execute: Execute, activityId: string, now: Date): Promise<void> {
  // First of all, as this waits for who publishes it at this moment.
  await removePublication(execute, activityId);
  await giveUpClaims(execute, [activityId], now);
}
