import type { Envelope, userDeleted } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { applyDeletion } from '../actors/apply-actor-event.ts';

/** `user-deleted` of auth: a tombstone stands where the actor was. */
export async function onUserDeleted(
  event: Envelope<z.output<typeof userDeleted.data>>,
  execute: Execute,
): Promise<void> {
  await applyDeletion(execute, event.data.actor_id, event.subject_version, event.occurred_at);
}
