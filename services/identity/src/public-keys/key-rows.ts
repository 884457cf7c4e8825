import { keyAdded } from '@artdag/events';
import { appendEvent, type Execute } from '@artdag/messaging';
import { AppError, newId } from '@artdag/service-kit';
import { lockIdentity, type IdentityRow } from './identity-rows.ts';
import type { RevokedKey } from './mark-revoked.ts';
import type { PresentedKey } from './presented-key.ts';
import { accountDisabled, keyAlreadyRegistered } from './refusals.ts';

/** A public key of an identity, without the key itself: nothing that leaves this folder needs it. */
export interface KeyRow {
  id: string;
  identityId: string;
  fingerprint: string;
  algorithm: string;
  label: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

export interface NewKey {
  key: Pick<PresentedKey, 'raw' | 'fingerprint'>;
  label: string | null;
  now: Date;
  /** When it ends by itself; never when left out. */
  expiresAt?: Date | null;
  lastUsedAt?: Date | null;
  /** The request's id. */
  correlationId?: string | null;
}

/** Of one identity, at a time. */
export const maxLiveKeys = 10;

const columns = `id, identity_id AS "identityId", fingerprint, algorithm, label, created_at AS "createdAt",
  last_used_at AS "lastUsedAt", expires_at AS "expiresAt", revoked_at AS "revokedAt"`;

/** @param fingerprint with its prefix */
export async function findKey(execute: Execute, fingerprint: string): Promise<KeyRow | null> {
  const { rows } = await execute(`SELECT ${columns} FROM auth_keys WHERE fingerprint = $1`, [fingerprint]);
  return (rows[0] as unknown as KeyRow | undefined) ?? null;
}

const maxListed = 1000;

/** All keys of an identity, the newest first. */
export async function listKeys(execute: Execute, identityId: string): Promise<KeyRow[]> {
  const { rows } = await execute(
    `SELECT ${columns} FROM auth_keys WHERE identity_id = $1 ORDER BY created_at DESC, id DESC LIMIT ${maxListed}`,
    [identityId],
  );
  return rows as unknown as KeyRow[];
}

const isLive = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2::timestamptz)';

/** An identity's keys that are neither revoked nor expired. */
export async function findLiveKeys(execute: Execute, identityId: string, now: Date): Promise<KeyRow[]> {
  const sql = `SELECT ${columns} FROM auth_keys WHERE identity_id = $1 AND ${isLive}`;
  return (await execute(sql, [identityId, now.toISOString()])).rows as unknown as KeyRow[];
}

/** @param o.unconfirmed only those that auth has not confirmed to be refused everywhere */
export async function findRevokedKeys(
  execute: Execute,
  identityId: string,
  o: { unconfirmed?: boolean } = {},
): Promise<RevokedKey[]> {
  const { rows } = await execute(
    `SELECT k.id AS "keyId", k.fingerprint, i.actor_id AS "actorId", i.handle
     FROM auth_keys AS k JOIN identities AS i ON i.id = k.identity_id
     WHERE k.identity_id = $1 AND k.revoked_at IS NOT NULL AND (NOT $2::boolean OR k.revocation_confirmed_at IS NULL)`,
    [identityId, o.unconfirmed === true],
  );
  return rows as unknown as RevokedKey[];
}

/** Notes that a key was used; false when it was revoked meanwhile. */
export async function noteUse(execute: Execute, keyId: string, now: Date): Promise<boolean> {
  const { rowCount } = await execute(
    `UPDATE auth_keys SET last_used_at = greatest(last_used_at, $2::timestamptz) WHERE id = $1 AND revoked_at IS NULL`,
    [keyId, now.toISOString()],
  );
  return rowCount === 1;
}

/**
 * Gives an identity a key, with `key-added`, in the caller's transaction. The identity's row stays locked until the commit.
 *
 * @throws AppError 403 `account_disabled`, 409 `too_many_keys`, `key_already_registered` (live or revoked, of anybody)
 */
export async function insertKey(execute: Execute, identityId: string, o: NewKey): Promise<KeyRow> {
  const identity = await lockIdentity(execute, identityId);
  if (identity === null || identity.deletedAt !== null) throw accountDisabled();
  if ((await findLiveKeys(execute, identityId, o.now)).length >= maxLiveKeys) {
    throw new AppError('too_many_keys', 409, `An identity has at most ${maxLiveKeys} live keys; revoke one first.`);
  }
  const time = (date: Date | null | undefined): string | null => date?.toISOString() ?? null;
  const { rows } = await execute(
    `INSERT INTO auth_keys (id, identity_id, fingerprint, algorithm, public_key, label, expires_at, last_used_at, created_at)
     VALUES ($1, $2, $3, 'ed25519', $4, $5, $6::timestamptz, $7::timestamptz, $8::timestamptz)
     ON CONFLICT (fingerprint) DO NOTHING RETURNING ${columns}`,
    [
      ...[newId('key'), identityId, o.key.fingerprint, o.key.raw, o.label],
      ...[time(o.expiresAt), time(o.lastUsedAt), time(o.now)],
    ],
  );
  const made = rows[0] as unknown as KeyRow | undefined;
  if (made === undefined) throw keyAlreadyRegistered();
  await appendEvent(execute, addedEvent(identity, made, o));
  return made;
}

function addedEvent({ actorId, handle }: IdentityRow, key: KeyRow, o: NewKey) {
  if (actorId === null) throw new Error('An organisation has no keys.');
  const { id, fingerprint, algorithm } = key;
  return keyAdded.create({
    ...{ id: newId('evt'), occurred_at: o.now.toISOString(), subject: id, subject_version: 1, actor_id: actorId },
    correlation_id: o.correlationId,
    data: { actor_id: actorId, handle, key_id: id, fingerprint, algorithm },
  });
}
