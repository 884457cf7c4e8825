import type { Execute } from '@artdag/messaging';
import { endReactionsBy } from '../reactions/end-reactions.ts';
import { removeSomeShares } from './share.repository.ts';

/** Ends up to `limit` of what a local actor who is no more has shared, and that it is counted, in the caller's transaction. Answers how many. */
export async function eraseShares(
  execute: Execute,
  { apActorId, username, limit }: { apActorId: string; username: string; limit: number },
): Promise<number> {
  await endReactionsBy(execute, apActorId);
  return removeSomeShares(execute, username, limit);
}
