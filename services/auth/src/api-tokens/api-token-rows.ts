import type { Execute } from '@artdag/messaging';

/** Only this is stored of a token. */
export interface ApiTokenRow {
  /** The token's jti. */
  id: string;
  actorId: string;
  orgId: string | null;
  label: string;
  scopes: readonly string[];
  /** SHA-256 (hex) of the JWT. */
  tokenHash: string;
  createdAt: Date;
  expiresAt: Date;
}

export interface RevokedApiToken {
  tokenHash: string;
  expiresAt: Date;
  /** It had been revoked before. */
  wasRevoked: boolean;
}

/** In the caller's transaction, as the next. */
export async function insertApiToken(execute: Execute, row: ApiTokenRow): Promise<void> {
  await execute(
    `INSERT INTO api_tokens (id, actor_id, org_id, label, scopes, kind, token_hash, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5::text[], 'api', $6, $7::timestamptz, $8::timestamptz)`,
    [
      ...[row.id, row.actorId, row.orgId, row.label, [...row.scopes], row.tokenHash],
      ...[row.createdAt.toISOString(), row.expiresAt.toISOString()],
    ],
  );
}

/** Whether the actor has that role in the org; if so, nobody takes it away before the transaction ends. */
export async function holdRole(execute: Execute, actorId: string, orgId: string, role: string): Promise<boolean> {
  const { rows } = await execute(
    'SELECT 1 AS one FROM memberships WHERE actor_id = $1 AND org_id = $2 AND role = $3 AND left_at IS NULL FOR SHARE',
    [actorId, orgId, role],
  );
  return rows.length > 0;
}

/** Null when that actor has no such API token. */
export async function endApiToken(
  execute: Execute,
  o: { id: string; actorId: string; now: Date },
): Promise<RevokedApiToken | null> {
  const { rows } = await execute(
    `SELECT token_hash, expires_at, revoked_at FROM api_tokens
     WHERE id = $1 AND actor_id = $2 AND kind = 'api' FOR NO KEY UPDATE`,
    [o.id, o.actorId],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const wasRevoked = row['revoked_at'] !== null;
  const end = 'UPDATE api_tokens SET revoked_at = $2::timestamptz WHERE id = $1';
  if (!wasRevoked) await execute(end, [o.id, o.now.toISOString()]);
  return { tokenHash: String(row['token_hash']), expiresAt: row['expires_at'] as Date, wasRevoked };
}
