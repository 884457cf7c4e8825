import type { Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import {
  blankBodies,
  dropOfActor,
  dropOfClaims,
  dropOfHost,
  dropPending,
  dropUpdates,
  insertForFollowers,
  insertForInbox,
  insertGoodbye,
  insertSingle,
  insertUndo,
  insertUpdate,
  type FollowerJobs,
  type SingleJob,
  type UndoJobs,
  type UpdateJobs,
} from './delivery-jobs.repository.ts';

/** One job per inbox of the actor's followers, shared inboxes preferred, in the caller's transaction. */
export async function enqueueToFollowers(execute: Execute, jobs: Omit<FollowerJobs, 'id'>): Promise<void> {
  await insertForFollowers(execute, { id: newId('dlv'), ...jobs });
}

/** One job for the answer to a Follow, in the caller's transaction. */
export async function enqueueAccept(execute: Execute, job: Omit<SingleJob, 'id' | 'kind'>): Promise<void> {
  await insertSingle(execute, { id: newId('dlv'), kind: 'accept', ...job });
}

/** One job for a Follow or its Undo, in the caller's transaction. */
export async function enqueueFollow(execute: Execute, job: Omit<SingleJob, 'id'>): Promise<void> {
  await insertSingle(execute, { id: newId('dlv'), ...job });
}

/** One job per inbox of the actor's followers for an `Update` of the actor, in the caller's transaction. An earlier one that waits is given up. */
export async function enqueueUpdate(execute: Execute, jobs: Omit<UpdateJobs, 'id'>): Promise<void> {
  await dropUpdates(execute, jobs.apActorId, jobs.now);
  await insertUpdate(execute, { id: newId('dlv'), ...jobs });
}

/** One job per inbox of the actor's followers for an `Undo` of what they were told, in the caller's transaction. */
export async function enqueueUndo(execute: Execute, jobs: Omit<UndoJobs, 'id'>): Promise<void> {
  await insertUndo(execute, { id: newId('dlv'), ...jobs });
}

/** One job per inbox of the actor's followers for its `Delete`, in the caller's transaction. What else waits of it is given up. */
export async function enqueueGoodbye(execute: Execute, jobs: Omit<UpdateJobs, 'id'>): Promise<void> {
  await dropOfActor(execute, jobs.apActorId, jobs.now);
  await insertGoodbye(execute, { id: newId('dlv'), ...jobs });
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

/** What waits of these claims is given up, as nothing is left of them to be sent. What is on its way is given up should it fail. */
export async function giveUpClaims(execute: Execute, activityIds: readonly string[], now: Date): Promise<void> {
  await dropOfClaims(execute, activityIds, now);
}

/** A host is blocked: what waits for it and its subdomains is given up, in the caller's transaction. Answers how many jobs. */
export async function dropForHost(execute: Execute, host: string, now: Date): Promise<number> {
  return await dropOfHost(execute, host, now);
}

/**
 * Erases what an actor's jobs said, of those among the `limit` after `after` (empty: from the first). Answers where it ended; null when these
 * were the last.
 */
export async function eraseBodies(
  execute: Execute,
  batch: { apActorId: string; after: string; limit: number },
): Promise<string | null> {
  return await blankBodies(execute, batch);
}
