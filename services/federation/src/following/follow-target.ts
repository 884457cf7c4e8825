import { randomUUID } from 'node:crypto';
import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import { isDeleted } from '../actors/hold-actor.ts';
import type { LocalActor } from '../actors/local-actor.ts';
import { userGone } from '../http/errors.ts';
import { enqueueFollow } from '../deliveries/enqueue.ts';
import { addLocalFollower } from '../followers/local-follower.ts';
import { findFollowing, holdFollowing, saveFollowing, type Following } from './following.repository.ts';
import { findTarget, readTarget, type Target, type TargetDeps } from './find-target.ts';
import { followDocument, orderOf } from './follow-document.ts';
import { targetNotFound } from './target-errors.ts';

export interface FollowDeps extends TargetDeps {
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  now: () => Date;
}

/** How many an account may follow. */
export const followingLimit = 5_000;

/**
 * Has a local actor follow another. A remote one is sent a Follow, and accepts or rejects it some time; one of ours is followed at once. Who is
 * followed already, or has not answered yet, is not asked again; who rejected is.
 * Throws AppError 403 `host_blocked`, 404 `target_not_found`, 409 `following_limit_reached`, 422 `target_invalid|target_unreachable`.
 */
export async function followTarget(deps: FollowDeps, follower: LocalActor, text: string): Promise<Following> {
  const name = readTarget(deps, text);
  if ('username' in name && name.username === follower.username) {
    throw new AppError('target_invalid', 422, 'Nobody can follow themselves.');
  }
  const target = await findTarget(deps, name);
  return deps.transaction((execute) => follow(deps, execute, follower, target));
}

async function follow(deps: FollowDeps, execute: Execute, follower: LocalActor, target: Target): Promise<Following> {
  if (await isDeleted(execute, follower.apId)) throw userGone();
  const others = await holdFollowing(execute, follower.username);
  const known = await findFollowing(execute, follower.username, target);
  if (known !== undefined && known.state !== 'rejected') return known;
  if (known === undefined && others >= followingLimit) {
    const message = `An account follows ${followingLimit} others at most. Unfollow somebody first.`;
    throw new AppError('following_limit_reached', 409, message);
  }
  const { apId: targetApId, inbox = null, handle } = target;
  const followActivityId = `${follower.apId}#follows/${randomUUID()}`;
  const state = inbox === null ? 'accepted' : 'requested';
  const following: Following = { targetApId, handle, inbox, followActivityId, state };
  const now = deps.now();
  if (target.username !== undefined) {
    if (await isDeleted(execute, targetApId)) throw targetNotFound();
    await addLocalFollower(execute, { follower, username: target.username, followActivityId, now });
  }
  await saveFollowing(execute, follower.username, following, now);
  if (inbox !== null) {
    const body = JSON.stringify(followDocument(follower.apId, following));
    await enqueueFollow(execute, { kind: 'follow', ...orderOf(follower.apId, targetApId), inbox, body, now });
  }
  return following;
}
