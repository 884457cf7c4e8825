import type { Execute } from '@artdag/messaging';
import { eraseBodies } from '../deliveries/enqueue.ts';
import { eraseFollowing } from '../following/end-following.ts';
import { endFollowsOf } from '../followers/end-follow.ts';
import { erasePayloads } from '../inbox/erase-payloads.ts';
import { erasePublications } from '../publications/erase-claims.ts';
import { eraseShares } from '../shares/erase-shares.ts';
import type { Erasure } from './erasure.repository.ts';

export interface StepContext {
  execute: Execute;
  now: Date;
  /** Where the last batch ended; empty before the first. */
  cursor: string;
}

/** One batch. Answers where it ended; null when nothing is left for this step. */
type Step = (erasure: Erasure, context: StepContext) => Promise<string | null>;

const removedAtOnce = 500;
const readAtOnce = 2_000;

/** What its outbox had. */
const publications: Step = async ({ apActorId }, { execute }) =>
  (await erasePublications(execute, apActorId, removedAtOnce)) < removedAtOnce ? null : '';

const followers: Step = async ({ username }, { execute, now }) =>
  (await endFollowsOf(execute, username, { limit: removedAtOnce, now })) < removedAtOnce ? null : '';

/** Whom it followed. */
const following: Step = async ({ apActorId, username }, { execute, now }) =>
  (await eraseFollowing(execute, { apActorId, username, limit: removedAtOnce, now })) < removedAtOnce ? null : '';

/** What it shared, and that others are told it did. */
const shares: Step = async ({ apActorId, username }, { execute }) =>
  (await eraseShares(execute, { apActorId, username, limit: removedAtOnce })) < removedAtOnce ? null : '';

/** Its name in the actor documents that its followers were sent. */
const deliveries: Step = ({ apActorId }, { execute, cursor }) =>
  eraseBodies(execute, { apActorId, after: cursor, limit: readAtOnce });

/** Copies of its works, in what strangers sent about them. */
const inbox: Step = ({ marks }, { execute, cursor }) =>
  erasePayloads(execute, { marks, after: cursor, limit: readAtOnce });

/** Each may be begun again from the start; one that was interrupted goes on from its last batch. */
export const steps: Record<Erasure['kind'], readonly Step[]> = {
  account: [publications, followers, deliveries, inbox, following, shares],
  asset: [inbox],
};
