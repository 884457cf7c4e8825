import type { Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import {
  dropPending,
  insertAccept,
  insertForFollowers,
  insertForInbox,
  type AcceptJob,
  type FollowerJobs,
} from './delivery-jobs.repository.ts';

/** One job per inbox of the actor's followers, shared inboxes preferred, in the caller's transaction. */
export async function enqueueToFollowers(execute: Execute, jobs: Omit<FollowerJobs, 'id'>): Promise<void> {
  await insertForFollowers(execute, { id: newId('dlv'), ...jobs });
}

/** One job for an activity that is no claim, in the caller's transaction. */
export async function enqueueAccept(execute: Execute, job: Omit<AcceptJob, 'id'>): Promise<void> {
  await insertAccept(execute, { id: newId('dlv'), ...job });
}

/** What waits for an inbox is given up; its claims go to other inboxes instead, where they are not queued already. */
export async function redirectJobs(
  execute: Execute,
  o: { from: string; to: readonly string[]; apActorId: string; reason: string; now: Date },
): Promise<void> {
  const { apActorId, now } = o;
  const claims = await dropPending(execute, { inbox: o.from, apActorId, reason: o.reason });
  for (const claim of claims) {
    for (const inbox of o.to) await insertForInbox(execute, { id: newId('dlv'), ...claim, apActorId, inbox, now });
  }
}
