import { agentRevoked } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { markKeysRevoked } from '../public-keys/mark-revoked.ts';

/** An agent whose end is written, and may still have to be told to auth. */
export interface EndedAgent {
  identityId: string;
  actorId: string;
  handle: string;
}

export interface MarkEnded {
  /** Goes into the row and the event, in snake_case. */
  reason: string;
  now: Date;
  /** The request's id. */
  correlationId?: string | null | undefined;
}

interface AgentRow extends EndedAgent {
  ownerActorId: string;
  deletedAt: Date | null;
  fingerprint: string;
}

const lock = `SELECT i.id AS "identityId", i.actor_id AS "actorId", i.handle, i.spawned_by AS "ownerActorId",
    i.deleted_at AS "deletedAt",
    (SELECT k.fingerprint FROM auth_keys k WHERE k.identity_id = i.id ORDER BY k.created_at, k.id LIMIT 1) AS fingerprint
  FROM identities i WHERE i.id = $1 AND i.identity_type = 'agent' FOR UPDATE OF i`;

/**
 * Writes the end of an agent, in the caller's transaction: its row, its keys, and the events of both. One that has ended before is left as it is.
 *
 * @returns null when there is no such agent
 */
export async function markAgentEnded(execute: Execute, identityId: string, o: MarkEnded): Promise<EndedAgent | null> {
  const { rows } = await execute(lock, [identityId]);
  const agent = rows[0] as unknown as AgentRow | undefined;
  if (agent === undefined) return null;
  if (agent.deletedAt === null) {
    await execute(
      `UPDATE identities SET deleted_at = $2::timestamptz, end_reason = $3, updated_at = $2::timestamptz WHERE id = $1`,
      [identityId, o.now.toISOString(), o.reason],
    );
    await markKeysRevoked(execute, identityId, { ...o, reason: 'agent_ended', correlationId: o.correlationId ?? null });
    await appendEvent(execute, revokedEvent(agent, o));
  }
  return { identityId, actorId: agent.actorId, handle: agent.handle };
}

/**
 * Writes that auth refuses all that an ended agent has, its keys too: they are refused with their actor. Two statements, the agent's own row last:
 * outside of a transaction each holds one kind of row only, so that neither waits for whoever locks the identity and then its keys.
 */
export async function markEndConfirmed(execute: Execute, identityId: string, now: Date): Promise<void> {
  const at = now.toISOString();
  await execute(
    `UPDATE auth_keys AS k SET revocation_confirmed_at = $2::timestamptz
     FROM (SELECT id FROM auth_keys
           WHERE identity_id = $1 AND revoked_at IS NOT NULL AND revocation_confirmed_at IS NULL
           ORDER BY id FOR NO KEY UPDATE) AS due
     WHERE k.id = due.id`,
    [identityId, at],
  );
  await execute(
    `UPDATE identities SET end_confirmed_at = $2::timestamptz
     WHERE id = $1 AND deleted_at IS NOT NULL AND end_confirmed_at IS NULL`,
    [identityId, at],
  );
}

function revokedEvent({ actorId, handle, fingerprint, ownerActorId }: AgentRow, o: MarkEnded) {
  return agentRevoked.create({
    ...{ id: newId('evt'), occurred_at: o.now.toISOString(), subject: actorId, subject_version: 2, actor_id: actorId },
    correlation_id: o.correlationId ?? null,
    data: { actor_id: actorId, handle, fingerprint, owner_actor_id: ownerActorId, reason: o.reason },
  });
}
