import type { Execute } from '@artdag/messaging';

/*
 * A deletion and what others write for the same actor at that moment: either the deletion finds what they wrote, or they find it deleted.
 */

/** Any number that no other pair of numbers in this database begins with. */
const lockClass = 8_202;

/** In the transaction that deletes an actor, before it does: waits for those who found the actor there, and keeps others waiting. */
export async function holdForDeletion(execute: Execute, apActorId: string): Promise<void> {
  await execute('SELECT pg_advisory_xact_lock($1, hashtext($2))', [lockClass, apActorId]);
}

/** Whether an actor is deleted. If not, nobody deletes it before the end of the caller's transaction. */
export async function isDeleted(execute: Execute, apActorId: string): Promise<boolean> {
  // A statement of its own, so that the next one sees what the holder committed.
  await execute('SELECT pg_advisory_xact_lock_shared($1, hashtext($2))', [lockClass, apActorId]);
  const deleted = 'SELECT 1 FROM ap_actors WHERE ap_id = $1 AND deleted_at IS NOT NULL';
  return (await execute(deleted, [apActorId])).rowCount > 0;
}
