import type { Execute } from '@artdag/messaging';
import type { NewApiKey } from './api-key.ts';

export interface ApiKeyRow extends NewApiKey {
  actorId: string;
  /** A snapshot for audit, never read back. */
  actorData: object;
  orgId: string | null;
  description: string;
  scopes: readonly string[];
  createdAt: Date;
  expiresAt: Date | null;
}

/** What each of these does, it does in the caller's transaction. */
export async function countActiveApiKeys(execute: Execute, actorId: string, now: Date): Promise<number> {
  const { rows } = await execute(
    `SELECT count(*)::int AS count FROM api_keys
     WHERE actor_id = $1 AND is_active AND (expires_at IS NULL OR expires_at > $2::timestamptz)`,
    [actorId, now.toISOString()],
  );
  return Number(rows[0]?.['count']);
}

export async function insertApiKey(execute: Execute, row: ApiKeyRow): Promise<void> {
  await execute(
    `INSERT INTO api_keys (id, key, key_prefix, actor_id, actor_data, org_id, description, scopes, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8::text[], $9::timestamptz, $10::timestamptz)`,
    [
      ...[row.id, row.keyHash, row.keyPrefix, row.actorId, JSON.stringify(row.actorData), row.orgId, row.description],
      ...[[...row.scopes], row.createdAt.toISOString(), row.expiresAt?.toISOString() ?? null],
    ],
  );
}

/** Switches off a key of that actor. @returns whether it was on; null when there is none */
export async function endApiKey(execute: Execute, actorId: string, id: string): Promise<{ wasActive: boolean } | null> {
  const find = `SELECT is_active FROM api_keys WHERE id = $1 AND actor_id = $2 FOR NO KEY UPDATE`;
  const { rows } = await execute(find, [id, actorId]);
  if (rows[0] === undefined) return null;
  const wasActive = rows[0]['is_active'] === true;
  if (wasActive) await execute('UPDATE api_keys SET is_active = false WHERE id = $1', [id]);
  return { wasActive };
}
