import type { Execute } from '@artdag/messaging';
import { isDeleted } from '../actors/hold-actor.ts';
import { insertPublication, type NewPublication } from './publication.repository.ts';

/**
 * Publishes an activity, in the caller's transaction: it is signed next (`publication-signer.ts`), and then stands in the outbox and goes to the
 * followers. Answers false, and does nothing, when it is published already or its actor has been deleted.
 */
export async function publish(execute: Execute, publication: NewPublication): Promise<boolean> {
  if (await isDeleted(execute, publication.apActorId)) return false;
  return await insertPublication(execute, publication);
}
