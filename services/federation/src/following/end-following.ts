import type { Execute } from '@artdag/messaging';
import { endAllFollows } from '../followers/end-follow.ts';
import { removeFollowingOf, removeFollowingOfHost, removeSomeFollowing } from './following.repository.ts';

/** A remote actor is no more: nobody follows it. In the caller's transaction. */
export async function endFollowingOf(execute: Execute, targetApId: string): Promise<void> {
  await removeFollowingOf(execute, targetApId);
}

/** A host is blocked: nobody there, or on its subdomains, is followed any more. In the caller's transaction; answers how many were. */
export async function endFollowingOfHost(execute: Execute, host: string): Promise<number> {
  return await removeFollowingOfHost(execute, host);
}

/**
 * A local actor is no more: it follows nobody, and nobody here follows it. Ends up to `limit` of what it followed, in the caller's transaction;
 * answers how many.
 */
export async function eraseFollowing(
  execute: Execute,
  { apActorId, username, limit, now }: { apActorId: string; username: string; limit: number; now: Date },
): Promise<number> {
  await endAllFollows(execute, apActorId, { now });
  await removeFollowingOf(execute, apActorId);
  return removeSomeFollowing(execute, username, limit);
}
