import type { Execute } from '@artdag/messaging';
import type { LocalActor } from '../actors/local-actor.ts';
import { upsertFollower } from './follower.repository.ts';
import { announceFollower } from './follower-events.ts';

export interface LocalFollow {
  follower: Pick<LocalActor, 'apId' | 'username'>;
  /** Who is followed. */
  username: string;
  followActivityId: string;
  now: Date;
}

/** Makes an actor of ours a follower of another, in the caller's transaction. It is not written to: all is here already. */
export async function addLocalFollower(execute: Execute, { follower, ...follow }: LocalFollow): Promise<void> {
  const added = { ...follow, followerApId: follower.apId, inbox: `${follower.apId}/inbox`, sharedInbox: null };
  const change = await upsertFollower(execute, { ...added, isLocal: true });
  if (change === 'added') await announceFollower(execute, added);
}
