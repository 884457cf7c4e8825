import type { Execute } from '@artdag/messaging';
import { redirectJobs } from '../deliveries/enqueue.ts';
import type { LocalUrls } from '../urls.ts';
import {
  forgetSharedInbox,
  removeByFollow,
  removeByInbox,
  removeEverywhere,
  removeFollower,
  removeFromHost,
  removeSome,
  type Removed,
} from './follower.repository.ts';
import { announceFollowersLeft } from './follower-events.ts';

interface Occasion {
  now: Date;
  correlationId?: string | undefined;
}

async function announce(execute: Execute, removed: readonly Removed[], occasion: Occasion): Promise<number> {
  await announceFollowersLeft(
    execute,
    removed.map((gone) => ({ ...gone, ...occasion })),
  );
  return removed.length;
}

/** What an Undo names: the Follow as a whole (then its target counts), or its id only. */
export type UndoneFollow = { username: string } | { followId: string };

/** Ends a stranger's following, in the caller's transaction. Answers how many relationships ended: 0 when there was none. */
export async function endFollow(
  execute: Execute,
  followerApId: string,
  follow: UndoneFollow,
  occasion: Occasion,
): Promise<number> {
  const removed =
    'username' in follow
      ? await removeFollower(execute, follow.username, followerApId)
      : await removeByFollow(execute, followerApId, follow.followId);
  return announce(execute, removed, occasion);
}

/** Ends all that a remote actor followed, since it is no more. */
export async function endAllFollows(execute: Execute, followerApId: string, occasion: Occasion): Promise<number> {
  return announce(execute, await removeEverywhere(execute, followerApId), occasion);
}

/** Ends what was followed from a host that is blocked, and its subdomains. Answers how many. */
export async function endFollowsFromHost(execute: Execute, host: string, occasion: Occasion): Promise<number> {
  return announce(execute, await removeFromHost(execute, host), occasion);
}

/** Ends up to `limit` of the relationships of a local actor who is no more. Answers how many. */
export async function endFollowsOf(
  execute: Execute,
  username: string,
  o: { limit: number } & Occasion,
): Promise<number> {
  return announce(execute, await removeSome(execute, username, o.limit), o);
}

/**
 * An inbox answered that it is gone. The followers whose own inbox it was are dropped. Those who shared it with their whole server are
 * not gone by that: they are written to one by one from now on, beginning with what waited for the shared one.
 */
export async function dropInbox(
  execute: Execute,
  urls: LocalUrls,
  o: { username: string; inbox: string; reason: string } & Occasion,
): Promise<number> {
  const { username, inbox, reason, now } = o;
  const own = await forgetSharedInbox(execute, username, inbox);
  await redirectJobs(execute, { from: inbox, to: own, apActorId: urls.actor(username), reason, now });
  return announce(execute, await removeByInbox(execute, username, inbox), { now });
}
