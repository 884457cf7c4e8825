import type { Execute } from '@artdag/messaging';

export interface UsedRefreshToken {
  usedAt: Date;
  /** Of the client that used it. */
  clientHash: string;
  successorEnc: string | null;
}

/**
 * Uses a refresh token up: of all who try, one gets true. Whoever comes at the same time waits for that one's commit.
 * In the caller's transaction, as the next.
 */
export async function useUp(
  execute: Execute,
  o: { tokenHash: string; clientHash: string; successorEnc: string; now: Date },
): Promise<boolean> {
  const { rowCount } = await execute(
    `UPDATE refresh_tokens SET used_at = $2::timestamptz, client_hash = $3, successor_enc = $4
     WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2::timestamptz RETURNING token_hash`,
    [o.tokenHash, o.now.toISOString(), o.clientHash, o.successorEnc],
  );
  return rowCount === 1;
}

/** Null for one that was not used (and has expired, if it could not be used up). */
export async function findUsed(execute: Execute, tokenHash: string): Promise<UsedRefreshToken | null> {
  const { rows } = await execute(
    `SELECT used_at AS "usedAt", client_hash AS "clientHash", successor_enc AS "successorEnc"
     FROM refresh_tokens WHERE token_hash = $1 AND used_at IS NOT NULL`,
    [tokenHash],
  );
  return (rows[0] as UsedRefreshToken | undefined) ?? null;
}

/** When a token of that hash expires, if it is there. */
export async function expiryOf(execute: Execute, tokenHash: string): Promise<Date | null> {
  const { rows } = await execute('SELECT expires_at FROM refresh_tokens WHERE token_hash = $1', [tokenHash]);
  return (rows[0]?.['expires_at'] as Date | undefined) ?? null;
}

export async function sessionOrg(execute: Execute, sessionId: string): Promise<string | null> {
  const { rows } = await execute('SELECT org_id FROM sessions WHERE id = $1', [sessionId]);
  return (rows[0]?.['org_id'] as string | null | undefined) ?? null;
}

/** No token of the family can be used any more. */
export async function endFamily(execute: Execute, familyId: string, now: Date): Promise<void> {
  await execute(
    `UPDATE refresh_tokens SET used_at = COALESCE(used_at, $2::timestamptz), successor_enc = NULL WHERE family_id = $1`,
    [familyId, now.toISOString()],
  );
}
