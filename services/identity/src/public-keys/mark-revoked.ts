import { keyRevoked } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';

/** A key whose end is written and is still to be told to auth (confirm-revoked.ts). */
export interface RevokedKey {
  keyId: string;
  fingerprint: string;
  actorId: string;
  handle: string;
}

export interface MarkRevoked {
  /** Goes into the row and the event, in snake_case. */
  reason: string;
  now: Date;
  /** Only this key of the identity; all of them when left out. */
  keyId?: string;
  /** The request's id. */
  correlationId?: string | null;
}

/**
 * Ends the live keys of an identity, or one of them, in the caller's transaction, each with `key-revoked`. Gives those that it ended: none
 * when they had ended before. The identity's row stays locked until the commit, so that no key is added meanwhile.
 */
export async function markKeysRevoked(execute: Execute, identityId: string, o: MarkRevoked): Promise<RevokedKey[]> {
  await execute('SELECT 1 FROM identities WHERE id = $1 FOR UPDATE', [identityId]);
  const { rows } = await execute(
    `UPDATE auth_keys AS k SET revoked_at = $2::timestamptz, revoke_reason = $3
     FROM (SELECT id FROM auth_keys
           WHERE identity_id = $1 AND revoked_at IS NULL AND ($4::text IS NULL OR id = $4)
           ORDER BY id FOR NO KEY UPDATE) AS live, identities AS i
     WHERE k.id = live.id AND i.id = k.identity_id
     RETURNING k.id AS "keyId", k.fingerprint, i.actor_id AS "actorId", i.handle`,
    [identityId, o.now.toISOString(), o.reason, o.keyId ?? null],
  );
  const keys = rows as unknown as RevokedKey[];
  for (const key of keys) await appendEvent(execute, revokedEvent(key, o));
  return keys;
}

function revokedEvent({ keyId, fingerprint, actorId, handle }: RevokedKey, o: MarkRevoked) {
  return keyRevoked.create({
    ...{ id: newId('evt'), occurred_at: o.now.toISOString(), subject: keyId, subject_version: 2, actor_id: actorId },
    correlation_id: o.correlationId,
    data: { actor_id: actorId, handle, key_id: keyId, fingerprint, reason: o.reason },
  });
}
