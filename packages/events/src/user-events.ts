import { z } from 'zod';
import { defineEvent } from './define-event.ts';

const actorId = z.string().min(1);
const onlyActor = z.looseObject({ actor_id: actorId });

/**
 * Emitted by auth once a new actor is committed. Consumed by identity, which makes the actor's keys, and federation.
 * Subject: the actor id; version: `actors.version`, one counter for all four user events.
 */
export const userRegistered = defineEvent(
  'user-registered',
  1,
  z.looseObject({
    actor_id: actorId,
    username: z.string().min(1),
    actor_type: z.enum(['human', 'agent', 'service']),
    display_name: z.string().nullable(),
    /** How the actor registered: `password`, `passkey`, `atproto`, … */
    method: z.string().min(1),
  }),
  { context: 'auth' },
);

/** Emitted by auth when an actor's public data changed; the consumer asks auth for them. */
export const userUpdated = defineEvent('user-updated', 1, onlyActor, { context: 'auth' });

/** Emitted by auth when an actor was disabled. Revocation never waits for it: tokens are checked against auth itself. */
export const userDisabled = defineEvent('user-disabled', 1, onlyActor, { context: 'auth' });

/** Emitted by auth when an actor was deleted. Its version tops a late `user-registered`, which must not revive the actor. */
export const userDeleted = defineEvent('user-deleted', 1, onlyActor, { context: 'auth' });
