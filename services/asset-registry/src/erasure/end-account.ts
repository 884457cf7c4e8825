import type { Execute } from '@artdag/messaging';
import { endActor } from './bars.repository.ts';
import { insertErasure } from './erasure.repository.ts';

/**
 * Nothing is registered for an actor any more once the caller's transaction is committed, and the eraser begins with what there is. A deleted
 * actor never comes back, so word of it counts whenever it comes; the second time it changes nothing.
 */
export async function endAccount(execute: Execute, actorId: string, at: Date): Promise<void> {
  await endActor(execute, actorId, at);
  await insertErasure(execute, { subject: actorId, kind: 'account', at });
}
