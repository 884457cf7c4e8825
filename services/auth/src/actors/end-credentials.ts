import type { Execute } from '@artdag/messaging';

export interface EndCredentials {
  actorId: string;
  username: string;
  reason: string;
  now: Date;
}

/** A token that an L1 server holds, as it is told that it has ended. */
export type EndedL1Token = { l1_server: string; jti: string; token_hash: string };

/** Nothing that was signed before has a longer life than a day; the rest is for clocks that differ. */
const signedLifeMs = 25 * 3600_000;
/** API keys are read from the database at least once a minute. */
const readLifeMs = 600_000;
const leewayMs = 300_000;

/** As writeDenials does it; here the database itself finds what is denied. */
const deny = `ON CONFLICT (jti) DO UPDATE SET reason = excluded.reason, confirmed_on = NULL,
  expires_at = greatest(revoked_tokens.expires_at, excluded.expires_at),
  revoked_at = greatest(excluded.revoked_at, revoked_tokens.revoked_at + interval '1 millisecond')`;

/** Ends every session of an actor in the caller's transaction, each with a denial of its own, and gives back their ids. */
export async function endSessions(execute: Execute, o: EndCredentials): Promise<string[]> {
  await execute(`DELETE FROM refresh_tokens WHERE actor_id = $1`, [o.actorId]);
  const { rows } = await execute(
    `WITH ended AS (
       UPDATE sessions SET is_valid = false, ended_at = $4::timestamptz, end_reason = $3
       WHERE actor_id = $1 AND is_valid RETURNING id),
     denied AS (
       INSERT INTO revoked_tokens (jti, actor_id, username, reason, revoked_at, expires_at)
       SELECT id, $1, $2, $3, clock_timestamp(), $5::timestamptz FROM ended ORDER BY id ${deny})
     SELECT id FROM ended`,
    [o.actorId, o.username, o.reason, o.now.toISOString(), after(o.now, signedLifeMs)],
  );
  return rows.map(({ id }) => String(id));
}

/** Ends the API keys of an actor (of one org, if it is given) likewise. */
export async function endApiKeys(execute: Execute, o: EndCredentials & { orgId?: string }): Promise<string[]> {
  const { rows } = await execute(
    `WITH ended AS (
       UPDATE api_keys SET is_active = false
       WHERE actor_id = $1 AND is_active AND ($5::text IS NULL OR org_id = $5) RETURNING id),
     denied AS (
       INSERT INTO revoked_tokens (jti, actor_id, username, reason, revoked_at, expires_at)
       SELECT id, $1, $2, $3, clock_timestamp(), $4::timestamptz FROM ended ORDER BY id ${deny})
     SELECT id FROM ended`,
    [o.actorId, o.username, o.reason, after(o.now, readLifeMs), o.orgId ?? null],
  );
  return rows.map(({ id }) => String(id));
}

/** Ends the API tokens (of one org, if it is given) and the L1 tokens of an actor likewise. */
export async function endTokens(
  execute: Execute,
  o: EndCredentials & { orgId?: string },
): Promise<{ ids: string[]; l1Tokens: EndedL1Token[] }> {
  const { rows } = await execute(
    `WITH ended AS (
       UPDATE api_tokens SET revoked_at = $4::timestamptz
       WHERE actor_id = $1 AND revoked_at IS NULL AND expires_at > $4::timestamptz
         AND ($6::text IS NULL OR org_id = $6)
       RETURNING id, token_hash, expires_at, l1_server),
     denied AS (
       INSERT INTO revoked_tokens (jti, token_hash, actor_id, username, reason, revoked_at, expires_at)
       SELECT id, token_hash, $1, $2, $3, clock_timestamp(), expires_at + $5::interval FROM ended ORDER BY id ${deny})
     SELECT id AS jti, token_hash, l1_server FROM ended`,
    [o.actorId, o.username, o.reason, o.now.toISOString(), `${leewayMs} milliseconds`, o.orgId ?? null],
  );
  const ended = rows as unknown as (Omit<EndedL1Token, 'l1_server'> & { l1_server: string | null })[];
  return {
    ids: ended.map(({ jti }) => jti),
    l1Tokens: ended.filter((token): token is EndedL1Token => token.l1_server !== null),
  };
}

function after(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString();
}
