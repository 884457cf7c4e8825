import type { Execute } from '@artdag/messaging';

/*
 * What no registration gets past. Either of these waits for the registrations that are under way, and is to be a transaction by itself, or
 * the first statement of one: the migration says why.
 */

/** From the commit on nobody gets one of these names. */
export async function closeNames(execute: Execute, digests: readonly Buffer[], at: Date): Promise<void> {
  if (digests.length > 0) await execute('SELECT close_names($1, $2)', [digests, at]);
}

/** From the commit on nothing is registered for this actor. */
export async function endActor(execute: Execute, actorId: string, at: Date): Promise<void> {
  await execute('SELECT end_actor($1, $2)', [actorId, at]);
}
