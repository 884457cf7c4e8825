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

/** Emitted by auth when an actor's public data changed. Consumed by identity and federation, which ask auth for them. */
export const userUpdated = defineEvent('user-updated', 1, onlyActor, { context: 'auth' });

/** Emitted by auth when an actor was disabled. Revocation never waits for it: tokens are checked against auth itself. */
export const userDisabled = defineEvent('user-disabled', 1, onlyActor, { context: 'auth' });

/** Emitted by auth when an actor was deleted. Its version tops a late `user-registered`, which must not revive the actor. */
export const userDeleted = defineEvent('user-deleted', 1, onlyActor, { context: 'auth' });

/** Emitted by auth for every login. Subject: the session; version 1. */
export const userLoggedIn = defineEvent(
  'user-logged-in',
  1,
  z.looseObject({ actor_id: actorId, method: z.string().min(1), session_id: z.string().min(1) }),
  { context: 'auth' },
);

/**
 * Emitted by auth once a logout is committed, for l1-bridge, which tells the L1s. What is revoked is so already when this is
 * written; a lost event resurrects nothing. Subject: the session (version 2), or the actor when no session was ended by name.
 */
export const userLoggedOut = defineEvent(
  'user-logged-out',
  1,
  z.looseObject({
    actor_id: actorId,
    username: z.string().min(1),
    /** The session that was ended by name; null when several were, or none. */
    session_id: z.string().nullable(),
    /** The ids of all tokens that are revoked with it. */
    jtis: z.array(z.string()),
    /** `token_hash`: SHA-256 (hex) of the token, which is how an L1 knows it. */
    l1_tokens: z.array(z.looseObject({ l1_server: z.string(), jti: z.string(), token_hash: z.string() })),
    /** Whether all sessions of the actor were ended. */
    all: z.boolean(),
    /** `logout`, `session_ended`, `password_changed`, … */
    reason: z.string().min(1),
  }),
  { context: 'auth' },
);

/** Emitted by auth when one token was revoked by itself. Consumed by l1-bridge. Subject: the token's id; version 1. */
export const tokenRevoked = defineEvent(
  'token-revoked',
  1,
  z.looseObject({
    jti: z.string().min(1),
    /** SHA-256 (hex) of the token, where it is known. */
    token_hash: z.string().nullable(),
    /** When the token would have expired: unix seconds. */
    exp: z.int().positive(),
    /** Only of a token for an L1, which is to be told of its end. `reason`: `detached`, `superseded`, `l1_logout`, … */
    l1_token: z.looseObject({ l1_server: z.string(), username: z.string(), reason: z.string() }).optional(),
  }),
  { context: 'auth' },
);
