import { activityPublished, type Envelope } from '@artdag/events';
import { appendEvent, RetryLater, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { enqueueToFollowers } from '../deliveries/enqueue.ts';
import type { LocalUrls } from '../urls.ts';
import { insertPublication, takeVersion } from './publication.repository.ts';

/** A signed activity of asset-registry, with the place that its event has among those of the same asset. */
export interface Claim {
  /** Asset id. */
  subject: string;
  /** 1 for the Create, one more for each Update and the Delete. */
  version: number;
  /** UUID. */
  activityId: string;
  activity: { id: string; actor: string; published: string; object: string | Record<string, unknown> };
  event: Pick<Envelope, 'actor_id' | 'org_id' | 'correlation_id'>;
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
  const { subject, version, activityId, activity } = claim;
  const turn = await takeVersion(execute, subject, version);
  if (turn === 'early') throw new RetryLater(`${subject}: version ${version} came before its predecessor`);
  if (turn === 'past') return 'past';
  const apActorId = activity.actor;
  const document = publishedForm(activity);
  await insertPublication(execute, { activityId, apActorId, document, publishedAt: activity.published });
  const username = deps.urls.usernameOf(apActorId);
  const now = deps.now();
  if (username !== undefined) {
    await enqueueToFollowers(execute, { activityId, objectId: objectIdOf(activity), apActorId, username, now });
  }
  await appendEvent(execute, published(claim, now));
  return 'published';
}

/** What outbox and followers see of a claim: what its owner signed, whole. A Linked Data Signature is added here, and nowhere else. */
function publishedForm(activity: Claim['activity']): string {
  return JSON.stringify(activity);
}

function objectIdOf({ id, object }: Claim['activity']): string {
  if (typeof object === 'string') return object;
  return typeof object['id'] === 'string' ? object['id'] : id;
}

function published({ activityId, event }: Claim, now: Date): Envelope {
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
