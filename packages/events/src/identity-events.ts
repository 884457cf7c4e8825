import { z } from 'zod';
import { defineEvent } from './define-event.ts';

const actorId = z.string().min(1);
const key = { handle: z.string().min(1), key_id: z.string().min(1), fingerprint: z.string().min(1) };
const agent = {
  actor_id: actorId,
  handle: z.string().min(1),
  /** Of its key. */
  fingerprint: z.string().min(1),
  owner_actor_id: actorId,
};

/**
 * Emitted by identity once a client's public key is committed. Consumed by auth, which writes its audit log. Subject: the key's id;
 * version 1.
 */
export const keyAdded = defineEvent(
  'key-added',
  1,
  z.looseObject({ actor_id: actorId, ...key, algorithm: z.string().min(1) }),
  { context: 'identity' },
);

/**
 * Emitted by identity once the end of a public key is committed. auth, which has been asked to refuse the key before the answer was sent,
 * refuses it once more when it hears this. Subject: the key's id; version 2.
 */
export const keyRevoked = defineEvent(
  'key-revoked',
  1,
  z.looseObject({ actor_id: actorId, ...key, reason: z.string().min(1) }),
  { context: 'identity' },
);

/**
 * Emitted by identity when what an actor says of itself (bio, avatar, website) changed. Consumed by federation, which asks identity for it; a
 * name is auth's, see `user-updated`. Subject: `{actor_id}#profile`; version: `identities.profile_version`.
 */
export const profileUpdated = defineEvent('profile-updated', 1, z.looseObject({ actor_id: actorId }), {
  context: 'identity',
});

/** Emitted by identity once an agent and its key are committed. Subject: the agent's actor id; version 1. */
export const agentCreated = defineEvent(
  'agent-created',
  1,
  z.looseObject({ ...agent, expires_at: z.iso.datetime({ offset: true }) }),
  { context: 'identity' },
);

/**
 * Emitted by identity once the end of an agent is committed. auth ends the actor and all that it holds, if it was not asked to already.
 * Subject: the agent's actor id; version 2.
 */
export const agentRevoked = defineEvent('agent-revoked', 1, z.looseObject({ ...agent, reason: z.string().min(1) }), {
  context: 'identity',
});
