import { RetryLater, type Execute } from '@artdag/messaging';
import type { LocalUrls } from '../urls.ts';
import { placeAfterLast, takeVersion, type Occasion } from './publication.repository.ts';
import { publish } from './publish.ts';

/** A signed activity of asset-registry. */
export interface Activity {
  id: string;
  type: string;
  actor: string;
  published: string;
  object: string | Record<string, unknown>;
}

/** An activity with the place that its event has among those of the same asset. */
export interface Claim {
  /** Asset id. */
  subject: string;
  /** 1 for the Create, one more for each Update and the Delete. */
  version: number;
  activity: Activity;
  /** The event that brought it. */
  event: Occasion;
}

/**
 * Publishes a claim, in the caller's transaction. The same version again, or an older one, changes nothing. Needs neither the actor's
 * registration nor its keys.
 *
 * @throws RetryLater when an earlier version of the asset has not come yet: followers must not hear of a change before the claim.
 */
export async function publishClaim(urls: LocalUrls, execute: Execute, claim: Claim): Promise<void> {
  const { subject, version, activity, event } = claim;
  const turn = await takeVersion(execute, subject, version);
  if (turn === 'early') throw new RetryLater(`${subject}: version ${version} came before its predecessor`);
  if (turn === 'next') await publishNow(urls, execute, subject, activity, event);
}

/** Publishes an activity whose turn it is. One that is published already, or whose actor has been deleted meanwhile, changes nothing. */
export async function publishNow(
  urls: LocalUrls,
  execute: Execute,
  subject: string,
  activity: Activity,
  { actor_id, org_id, correlation_id }: Occasion,
): Promise<void> {
  const orderId = objectIdOf(activity);
  await publish(execute, {
    activityId: uuidOf(activity.id),
    apActorId: activity.actor,
    objectId: activity.type !== 'Delete' && urls.isOurs(orderId) ? orderId : null,
    orderId,
    document: JSON.stringify(activity),
    publishedAt: await placeAfterLast(execute, subject, activity.published),
    occasion: { actor_id, org_id, correlation_id },
  });
}

/** Activity ids end in their UUID. */
export function uuidOf(activityUrl: string): string {
  return activityUrl.slice(activityUrl.lastIndexOf('/') + 1);
}

/** What deliveries are ordered by: of one asset among others of a content, the content. */
function objectIdOf({ id, object }: Activity): string {
  const objectId = typeof object === 'string' ? object : object['id'];
  return typeof objectId === 'string' ? withoutFragment(objectId) : id;
}

export function withoutFragment(url: string): string {
  return url.split('#', 1)[0] ?? url;
}
