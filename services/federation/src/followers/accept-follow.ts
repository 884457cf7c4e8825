import { randomUUID } from 'node:crypto';
import type { Execute } from '@artdag/messaging';
import { isDeleted } from '../actors/hold-actor.ts';
import { enqueueAccept } from '../deliveries/enqueue.ts';
import type { LocalUrls } from '../urls.ts';
import { upsertFollower } from './follower.repository.ts';
import { announceFollower } from './follower-events.ts';

export interface Follow {
  /** Id of the Follow activity. */
  id: string;
  username: string;
  follower: { apId: string; inbox: string; sharedInbox: string | null };
  now: Date;
  correlationId?: string | undefined;
}

/**
 * Makes a stranger a follower and queues the signed Accept, in the caller's transaction. Judged by the present relationship: a
 * Follow that was seen, undone and sent again counts again; the one in force changes nothing, nor does any of an actor that is deleted.
 */
export async function acceptFollow(
  execute: Execute,
  urls: LocalUrls,
  follow: Follow,
): Promise<'accepted' | 'unchanged'> {
  const { id, username, follower, now } = follow;
  const { apId: followerApId, inbox, sharedInbox } = follower;
  if (await isDeleted(execute, urls.actor(username))) return 'unchanged';
  const change = await upsertFollower(execute, {
    username,
    followerApId,
    inbox,
    sharedInbox,
    followActivityId: id,
    now,
  });
  if (change === 'unchanged') return 'unchanged';
  if (change === 'added') await announceFollower(execute, { ...follow, followerApId });
  const accept = acceptDocument(urls.actor(username), follow);
  const job = { objectId: accept.id, apActorId: accept.actor, inbox, body: JSON.stringify(accept), now };
  await enqueueAccept(execute, job);
  return 'accepted';
}

function acceptDocument(actor: string, { id, follower }: Follow) {
  return {
    '@context': 'https://www.w3.org/ns/activitystreams',
    type: 'Accept',
    id: `${actor}#accepts/${randomUUID()}`,
    actor,
    to: [follower.apId],
    object: { type: 'Follow', id, actor: follower.apId, object: actor },
  };
}
