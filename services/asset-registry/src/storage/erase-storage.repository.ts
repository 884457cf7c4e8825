import type { Execute } from '@artdag/messaging';

const pinsAtOnce = 500;

/* With the history of each. */
const SOME_PINS = `
DELETE FROM storage_pins WHERE (content_hash, storage_id) IN (
  SELECT content_hash, storage_id FROM storage_pins WHERE storage_id IN (SELECT id FROM user_storage WHERE actor_id = $1) LIMIT $2)`;

/** Removes what an actor keeps copies with, some pins at a time. Answers whether there may be more. */
export async function removeStorageOf(execute: Execute, actorId: string): Promise<boolean> {
  if ((await execute(SOME_PINS, [actorId, pinsAtOnce])).rowCount === pinsAtOnce) return true;
  await execute('DELETE FROM user_storage WHERE actor_id = $1', [actorId]);
  return false;
}
