import type { Execute } from '@artdag/messaging';

/** Only this is stored of a token. */
export interface L1TokenRow {
  /** The token's jti. */
  id: string;
  actorId: string;
  l1Server: string;
  scopes: readonly string[];
  /** SHA-256 (hex) of the JWT. */
  tokenHash: string;
  createdAt: Date;
  expiresAt: Date;
  /** The API key, API token or public key by which its owner attached; null for a session. */
  madeBy: string | null;
}

/** A token that has ended, now or before. */
export interface EndedToken {
  jti: string;
  tokenHash: string;
  l1Server: string;
  expiresAt: Date;
}

const returning = `RETURNING t.id AS jti, t.token_hash AS "tokenHash", t.l1_server AS "l1Server", t.expires_at AS "expiresAt"`;

/** In the caller's transaction, as the next. */
export async function insertL1Token(execute: Execute, row: L1TokenRow): Promise<void> {
  await execute(
    `INSERT INTO api_tokens (id, actor_id, label, scopes, kind, l1_server, token_hash, created_at, expires_at, made_by)
     VALUES ($1, $2, $3, $4::text[], 'l1', $3, $5, $6::timestamptz, $7::timestamptz, $8)`,
    [
      ...[row.id, row.actorId, row.l1Server, [...row.scopes], row.tokenHash],
      ...[row.createdAt.toISOString(), row.expiresAt.toISOString(), row.madeBy],
    ],
  );
}

/** Ends the live tokens of an actor for one L1: all, or that of `jti`. Locked in one order, as a logout does. */
export async function endTokensForL1(
  execute: Execute,
  o: { actorId: string; l1Server: string; jti: string | null; now: Date },
): Promise<EndedToken[]> {
  const { rows } = await execute(
    `UPDATE api_tokens t SET revoked_at = $4::timestamptz
     FROM (SELECT id FROM api_tokens
           WHERE actor_id = $1 AND l1_server = $2 AND kind = 'l1' AND ($3::text IS NULL OR id = $3)
             AND revoked_at IS NULL AND expires_at > $4::timestamptz
           ORDER BY id FOR NO KEY UPDATE) AS live
     WHERE t.id = live.id
     ${returning}`,
    [o.actorId, o.l1Server, o.jti, o.now.toISOString()],
  );
  return rows as unknown as EndedToken[];
}

/** Ends the oldest live tokens of an actor for one L1: all but `newest` and `keep` others. The caller keeps others from minting for the actor. */
export async function endSurplusForL1(
  execute: Execute,
  o: { actorId: string; l1Server: string; newest: string; keep: number; now: Date },
): Promise<EndedToken[]> {
  const { rows } = await execute(
    `UPDATE api_tokens t SET revoked_at = $4::timestamptz
     FROM (SELECT id FROM api_tokens
           WHERE id IN (SELECT id FROM api_tokens
                        WHERE actor_id = $1 AND l1_server = $2 AND kind = 'l1' AND id <> $5
                          AND revoked_at IS NULL AND expires_at > $4::timestamptz
                        ORDER BY created_at DESC, id DESC OFFSET $3)
             AND revoked_at IS NULL
           ORDER BY id FOR NO KEY UPDATE) AS surplus
     WHERE t.id = surplus.id
     ${returning}`,
    [o.actorId, o.l1Server, o.keep, o.now.toISOString(), o.newest],
  );
  return rows as unknown as EndedToken[];
}

/** Those that ended since then, perhaps by a call whose answer is still under way. */
export async function lastEndedForL1(
  execute: Execute,
  o: { actorId: string; l1Server: string; jti: string | null; since: Date },
): Promise<string[]> {
  const { rows } = await execute(
    `SELECT id FROM api_tokens WHERE actor_id = $1 AND l1_server = $2 AND kind = 'l1'
       AND ($3::text IS NULL OR id = $3) AND revoked_at > $4::timestamptz`,
    [o.actorId, o.l1Server, o.jti, o.since.toISOString()],
  );
  return rows.map((row) => String(row['id']));
}

/** Ends the live tokens for which an actor attached by means of any of these credentials (null: by whatever means), at whatever L1. */
export async function endTokensMadeBy(
  execute: Execute,
  o: { actorId: string; credentialIds: readonly string[] | null; now: Date },
): Promise<EndedToken[]> {
  const { rows } = await execute(
    `UPDATE api_tokens t SET revoked_at = $3::timestamptz
     FROM (SELECT id FROM api_tokens
           WHERE actor_id = $1 AND kind = 'l1' AND ($2::text[] IS NULL OR made_by = ANY($2))
             AND revoked_at IS NULL AND expires_at > $3::timestamptz
           ORDER BY id FOR NO KEY UPDATE) AS live
     WHERE t.id = live.id
     ${returning}`,
    [o.actorId, o.credentialIds && [...o.credentialIds], o.now.toISOString()],
  );
  return rows as unknown as EndedToken[];
}

/** Of those, the ones that ended since then, perhaps by a call whose answer is still under way. */
export async function lastEndedMadeBy(
  execute: Execute,
  o: { actorId: string; credentialIds: readonly string[] | null; since: Date },
): Promise<string[]> {
  const { rows } = await execute(
    `SELECT id FROM api_tokens WHERE actor_id = $1 AND kind = 'l1'
       AND ($2::text[] IS NULL OR made_by = ANY($2)) AND revoked_at > $3::timestamptz`,
    [o.actorId, o.credentialIds && [...o.credentialIds], o.since.toISOString()],
  );
  return rows.map((row) => String(row['id']));
}
