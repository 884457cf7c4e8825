import type { Execute } from '@artdag/messaging';
import { addReaction, forgetReactions, removeReaction, removeReactionsBy } from './reaction.repository.ts';

/** An actor is no more, and so is what it did about others' works. In the caller's transaction. */
export async function endReactionsBy(execute: Execute, actor: string): Promise<void> {
  await removeReactionsBy(execute, actor);
}

/** Of those objects of which nothing is published any more; others may have published the same content. In the caller's transaction. */
export async function endReactionsTo(execute: Execute, objectIds: readonly string[]): Promise<void> {
  await forgetReactions(execute, objectIds);
}

export interface OwnShare {
  objectId: string;
  /** One of ours. */
  actor: string;
  /** Of the Announce. */
  activityId: string;
  now: Date;
}

/** Counts what an actor of ours shares as what others share. In the caller's transaction. */
export async function countOwnShare(execute: Execute, share: OwnShare): Promise<void> {
  await addReaction(execute, { ...share, kind: 'share', noteId: '' });
}

/** The end of that. */
export async function endOwnShare(
  execute: Execute,
  { actor, activityId }: Pick<OwnShare, 'actor' | 'activityId'>,
): Promise<void> {
  await removeReaction(execute, actor, activityId);
}
