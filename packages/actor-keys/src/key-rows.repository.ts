import type { Execute } from '@artdag/messaging';
import type { KeyKind } from './key-pair.ts';
import type { PublishedKey } from './pair-of-row.ts';

/** A pair in the database: a primary one of `actor_keys`, or one that waits in `waiting_keys` for its actor. */
export interface KeyRow extends PublishedKey {
  /** Null with `KEY_STORE=file`. */
  privateEnc: string | null;
  waiting: boolean;
}

/**
 * Holds everybody else off who brings a pair of this user into the database, until the end of the transaction: an actor's first pair is
 * either the one that waits or there is none that waits.
 */
export async function lockUser(execute: Execute, username: string): Promise<void> {
  await execute(`SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('actor keys of ' || $1, 0))`, [username]);
}

/** Primary and waiting pairs, of one user or of all, by user and kind. */
export async function listKeyRows(execute: Execute, username?: string): Promise<KeyRow[]> {
  const { rows } = await execute(
    `SELECT username, kind, key_id AS "keyId", public_key AS "publicKeyPem", private_enc AS "privateEnc", false AS waiting
     FROM actor_keys WHERE status = 'primary' AND ($1::text IS NULL OR username = $1)
     UNION ALL
     SELECT username, kind, key_id, public_key, private_enc, true
     FROM waiting_keys WHERE $1::text IS NULL OR username = $1
     ORDER BY 1, 2, 6`,
    [username ?? null],
  );
  return rows as unknown as KeyRow[];
}

/** Fills or replaces (or with null removes) the private half of a primary key whose public half is this one; false when there is none. */
export async function storePrivate(
  execute: Execute,
  row: { keyId: string; publicKeyPem: string; privateEnc: string | null },
): Promise<boolean> {
  const { rowCount } = await execute(
    `UPDATE actor_keys SET private_enc = $3 WHERE key_id = $1 AND public_key = $2 AND status = 'primary'`,
    [row.keyId, row.publicKeyPem, row.privateEnc],
  );
  return rowCount === 1;
}

export interface WaitingKey {
  keyId: string;
  username: string;
  kind: KeyKind;
  publicKeyPem: string;
  privateEnc: string;
}

/** Leaves a pair for its actor; false when another pair waits under that id already. */
export async function storeWaiting(execute: Execute, key: WaitingKey): Promise<boolean> {
  const { rowCount } = await execute(
    `INSERT INTO waiting_keys AS held (key_id, username, kind, public_key, private_enc) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (key_id) DO UPDATE SET private_enc = excluded.private_enc WHERE held.public_key = excluded.public_key`,
    [key.keyId, key.username, key.kind, key.publicKeyPem, key.privateEnc],
  );
  return rowCount === 1;
}

export async function findWaiting(execute: Execute, keyId: string): Promise<WaitingKey | null> {
  const { rows } = await execute(
    `SELECT key_id AS "keyId", username, kind, public_key AS "publicKeyPem", private_enc AS "privateEnc"
     FROM waiting_keys WHERE key_id = $1`,
    [keyId],
  );
  return (rows[0] as unknown as WaitingKey | undefined) ?? null;
}

/** Takes a pair out of those that wait, if it has this public half. */
export async function deleteWaiting(execute: Execute, keyId: string, publicKeyPem: string): Promise<boolean> {
  const { rowCount } = await execute(`DELETE FROM waiting_keys WHERE key_id = $1 AND public_key = $2`, [
    keyId,
    publicKeyPem,
  ]);
  return rowCount === 1;
}
