import { activityPublished, type Envelope } from '@artdag/events';
import { appendEvent, RetryLater, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { isDeleted } from '../actors/hold-actor.ts';
import { enqueueToFollowers } from '../deliveries/enqueue.ts';
import type { LocalUrls } from '../urls.ts';
import { insertPublication, placeAfterLast, takeVersion } from './publication.repository.ts';

/** A signed activity of asset-registry. */
export interface Activity {
  id: string;
  type: string;
  actor: string;
  published: string;
  object: string | Record<string, unknown>;
}

/** The event that brought it. */
export type Occasion = Pick<Envelope, 'id' | 'actor_id' | 'org_id' | 'correlation_id'>;

/** An activity with the place that its event has among those of the same asset. */
export interface Claim {
  /** Asset id. */
  subject: string;
  /** 1 for the Create, one more for each Update and the Delete. */
  version: number;
  activity: Activity;
  event: Occasion;
}

export interface PublishDeps {
  urls: LocalUrls;
  now: () => Date;
}

/**
 * Puts a claim into its actor's outbox and a delivery into the queue per follower inbox, in the caller's transaction. The same
 * version again, or an older one, changes nothing. Needs neither the actor's registration nor its keys.
 *
 * @throws RetryLater when an earlier version of the asset has not come yet: followers must not hear of a change before the claim.
 */
export async function publishClaim(deps: PublishDeps, execute: Execute, claim: Claim): Promise<'published' | 'past'> {
  const { subject, version, activity, event } = claim;
  const turn = await takeVersion(execute, subject, version);
  if (turn === 'early') throw new RetryLater(`${subject}: version ${version} came before its predecessor`);
  if (turn === 'past') return 'past';
  return await publishNow(deps, execute, subject, activity, event);
}

/** Publishes an activity whose turn it is. One that is published already, or whose actor has been deleted meanwhile, changes nothing. */
export async function publishNow(
  deps: PublishDeps,
  execute: Execute,
  subject: string,
  activity: Activity,
  event: Occasion,
): Promise<'published' | 'past'> {
  const apActorId = activity.actor;
  if (await isDeleted(execute, apActorId)) return 'past';
  const activityId = uuidOf(activity.id);
  const document = publishedForm(activity);
  const publishedAt = await placeAfterLast(execute, subject, activity.published);
  const objectId = objectIdOf(activity);
  const shown = activity.type !== 'Delete' && deps.urls.isOurs(objectId) ? objectId : null;
  const publication = { activityId, apActorId, document, publishedAt, objectId: shown };
  if (!(await insertPublication(execute, publication))) return 'past';
  const username = deps.urls.usernameOf(apActorId);
  const now = deps.now();
  if (username !== undefined) {
    await enqueueToFollowers(execute, { activityId, objectId, apActorId, username, now });
  }
  await appendEvent(execute, published(activityId, event, now));
  return 'published';
}

/** Activity ids end in their UUID. */
export function uuidOf(activityUrl: string): string {
  return activityUrl.slice(activityUrl.lastIndexOf('/') + 1);
}

/** What outbox and followers see of a claim: what its owner signed, whole. A Linked Data Signature is added here, and nowhere else. */
function publishedForm(activity: Activity): string {
  return JSON.stringify(activity);
}

/** What deliveries are ordered by: of one asset among others of a content, the content. */
function objectIdOf({ id, object }: Activity): string {
  const objectId = typeof object === 'string' ? object : object['id'];
  return typeof objectId === 'string' ? withoutFragment(objectId) : id;
}

export function withoutFragment(url: string): string {
  return url.split('#', 1)[0] ?? url;
}

function published(activityId: string, event: Occasion, now: Date): Envelope {
  const { actor_id, org_id, correlation_id } = event;
  return activityPublished.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: activityId,
    subject_version: 1,
    actor_id,
    org_id,
    correlation_id,
    data: { activity_id: activityId },
  });
}
