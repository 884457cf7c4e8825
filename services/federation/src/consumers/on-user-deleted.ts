import type { Envelope, userDeleted } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { applyDeletion } from '../actors/apply-actor-event.ts';

export interface OnUserDeletedDeps {
  now: () => Date;
}

/** `user-deleted` of auth: a tombstone stands where the actor was, its followers are told, and what it published is erased. */
export function onUserDeleted({ now }: OnUserDeletedDeps) {
  return async (event: Envelope<z.output<typeof userDeleted.data>>, execute: Execute): Promise<void> => {
    const { id: eventId, subject_version: version, occurred_at: deletedAt } = event;
    await applyDeletion(execute, { actorId: event.data.actor_id, version, deletedAt, eventId, now: now() });
  };
}
