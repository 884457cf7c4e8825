import { followerAdded, followerRemoved } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';

export interface FollowerChange {
  username: string;
  followerApId: string;
  now: Date;
  correlationId?: string | undefined;
}

function fields({ username, followerApId, now, correlationId }: FollowerChange) {
  return {
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: followerApId,
    // Rows come and go, so none can keep a counter; time only goes up.
    subject_version: now.getTime(),
    correlation_id: correlationId,
    data: { username, follower_ap_id: followerApId },
  };
}

export async function announceFollower(execute: Execute, change: FollowerChange): Promise<void> {
  await appendEvent(execute, followerAdded.create(fields(change)));
}

export async function announceFollowersLeft(execute: Execute, changes: readonly FollowerChange[]): Promise<void> {
  for (const change of changes) await appendEvent(execute, followerRemoved.create(fields(change)));
}
