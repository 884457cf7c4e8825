import { agentCreated } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { WWW_AUTHENTICATE } from '@artdag/actor-context';
import { AppError, newId } from '@artdag/service-kit';
import type { KnownActor } from '../actors/auth-client.ts';
import { handleTaken } from '../identities/create-org.ts';
import { ensureIdentity, findIdentityByActor, lockIdentity, type IdentityRow } from '../public-keys/identity-rows.ts';
import { findLiveKeys, insertKey, type KeyRow } from '../public-keys/key-rows.ts';
import type { PresentedKey } from '../public-keys/presented-key.ts';
import { accountDisabled, keyAlreadyRegistered } from '../public-keys/refusals.ts';

/** Of one owner, at a time. */
export const maxLiveAgents = 100;

/** @throws AppError 409 `too_many_agents` */
export async function refuseTooMany(execute: Execute, ownerActorId: string, now: Date): Promise<void> {
  const { rows } = await execute(
    `SELECT count(*)::int AS n FROM identities
     WHERE spawned_by = $1 AND identity_type = 'agent' AND deleted_at IS NULL AND expires_at > $2::timestamptz`,
    [ownerActorId, now.toISOString()],
  );
  if (Number(rows[0]?.['n']) < maxLiveAgents) return;
  const message = `You have ${maxLiveAgents} agents already; end one, or wait until one has expired.`;
  throw new AppError('too_many_agents', 409, message);
}

export interface AgentToStore {
  owner: KnownActor;
  /** As auth has made it. */
  agent: KnownActor;
  model: string | null;
  capabilities: string[];
  key: PresentedKey;
  /** The owner's key that signed the request; null for a session. */
  signedBy: string | null;
  expiresAt: Date;
  now: Date;
  /** The request's id. */
  correlationId: string;
}

/**
 * Stores an agent, its key and the events of both, in the caller's transaction. The owner's row is locked until the commit: nothing is made
 * for somebody who is being deleted, nor by a key that is revoked meanwhile, and the bound of their agents holds.
 *
 * @throws AppError 401 `key_revoked`; 403 `account_disabled`; 409 `too_many_agents`, `handle_taken`, `key_already_registered`
 */
export async function storeAgent(execute: Execute, o: AgentToStore): Promise<KeyRow> {
  const { agent, key, expiresAt, now, correlationId } = o;
  const owner = await lockIdentity(execute, (await ensureIdentity(execute, o.owner, now)).id);
  if (owner === null || owner.deletedAt !== null) throw accountDisabled();
  if (o.signedBy !== null) await refuseRevoked(execute, { identityId: owner.id, keyId: o.signedBy, now });
  await refuseTooMany(execute, o.owner.actorId, now);
  const identity = await insertAgent(execute, o);
  const stored = await insertKey(execute, identity.id, { key, label: null, now, expiresAt, correlationId });
  await appendEvent(
    execute,
    agentCreated.create({
      ...{ id: newId('evt'), occurred_at: now.toISOString(), subject: agent.actorId, subject_version: 1 },
      ...{ actor_id: agent.actorId, correlation_id: correlationId },
      data: {
        ...{ actor_id: agent.actorId, handle: agent.username, fingerprint: key.fingerprint },
        ...{ owner_actor_id: o.owner.actorId, expires_at: expiresAt.toISOString() },
      },
    }),
  );
  return stored;
}

async function refuseRevoked(execute: Execute, o: { identityId: string; keyId: string; now: Date }): Promise<void> {
  const live = await findLiveKeys(execute, o.identityId, o.now);
  if (live.some(({ id }) => id === o.keyId)) return;
  const message = 'The key that signed this request was revoked.';
  throw new AppError('key_revoked', 401, message, { headers: { 'www-authenticate': WWW_AUTHENTICATE } });
}

async function insertAgent(execute: Execute, o: AgentToStore): Promise<IdentityRow> {
  const { agent, owner, now } = o;
  const { rowCount } = await execute(
    `INSERT INTO identities (id, actor_id, handle, identity_type, display_name, agent_model, agent_capabilities, spawned_by,
       expires_at, actor_version, created_at, updated_at)
     VALUES ($1, $2, $3, 'agent', $4, $5, $6::text[], $7, $8::timestamptz, $9::int, $10::timestamptz, $10::timestamptz)
     ON CONFLICT DO NOTHING`,
    [
      ...[newId('idn'), agent.actorId, agent.username, agent.displayName, o.model, o.capabilities, owner.actorId],
      ...[o.expiresAt.toISOString(), agent.version, now.toISOString()],
    ],
  );
  const stored = await findIdentityByActor(execute, agent.actorId);
  if (stored === null) throw handleTaken();
  // The same key at another replica was faster.
  if (rowCount !== 1) throw keyAlreadyRegistered();
  return stored;
}
