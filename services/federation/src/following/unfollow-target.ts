import type { Execute } from '@artdag/messaging';
import type { LocalActor } from '../actors/local-actor.ts';
import { enqueueFollow } from '../deliveries/enqueue.ts';
import { endFollow } from '../followers/end-follow.ts';
import { findFollowing, holdFollowing, removeFollowing, type Following } from './following.repository.ts';
import { findTarget, readTarget } from './find-target.ts';
import { orderOf, undoFollowDocument } from './follow-document.ts';
import type { FollowDeps } from './follow-target.ts';
import { nameOf, type FollowedName } from './target-name.ts';

/**
 * Ends that a local actor follows another; a remote one is sent the Undo. Whom it does not follow, nothing is done about.
 * Answers the URL of the target. Throws AppError like followTarget, but a target that is followed need not be reached.
 */
export async function unfollowTarget(deps: FollowDeps, follower: LocalActor, text: string): Promise<string> {
  const name = readTarget(deps, text);
  const ended = await deps.transaction((execute) => end(deps, execute, follower, nameOf(deps.urls, name)));
  if (ended !== undefined) return ended;
  if ('url' in name || 'username' in name) return (nameOf(deps.urls, name) as { apId: string }).apId;
  // It may be followed by its URL.
  const { apId } = await findTarget(deps, name);
  await deps.transaction((execute) => end(deps, execute, follower, { apId }));
  return apId;
}

async function end(
  deps: FollowDeps,
  execute: Execute,
  follower: LocalActor,
  target: FollowedName,
): Promise<string | undefined> {
  await holdFollowing(execute, follower.username);
  const following = await findFollowing(execute, follower.username, target);
  if (following === undefined) return undefined;
  await removeFollowing(execute, follower.username, following.targetApId);
  await tellTarget(deps, execute, follower, following);
  return following.targetApId;
}

/** Who rejected a Follow has nothing to undo. */
async function tellTarget(deps: FollowDeps, execute: Execute, follower: LocalActor, f: Following): Promise<void> {
  const now = deps.now();
  const username = deps.urls.usernameOf(f.targetApId);
  if (username !== undefined) await endFollow(execute, follower.apId, { username }, { now });
  if (f.inbox === null || f.state === 'rejected') return;
  const body = JSON.stringify(undoFollowDocument(follower.apId, f));
  await enqueueFollow(execute, { kind: 'undo', ...orderOf(follower.apId, f.targetApId), inbox: f.inbox, body, now });
}
