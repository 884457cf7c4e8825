import type { Execute } from '@artdag/messaging';

export type WhichSessions = { only: string } | { allBut: string } | { all: true } | { none: true };

/** A token that an L1 server held. */
export interface EndedL1Token {
  l1_server: string;
  jti: string;
  token_hash: string;
  expiresAt: Date;
}

/**
 * Ends those of an actor's sessions that have not ended yet. The update waits for whoever mints under a session (which holds a share
 * lock on its row), and whoever mints after it finds the session ended.
 *
 * @returns their ids
 */
export async function endSessionRows(
  execute: Execute,
  actorId: string,
  which: WhichSessions,
  reason: string,
  now: Date,
): Promise<string[]> {
  if ('none' in which) return [];
  const only = 'only' in which ? which.only : null;
  const but = 'allBut' in which ? which.allBut : null;
  // Locked in one order, so that two who end all of them do not wait for each other.
  const { rows } = await execute(
    `UPDATE sessions s SET is_valid = false, ended_at = $4::timestamptz, end_reason = $5
     FROM (SELECT id FROM sessions
           WHERE actor_id = $1 AND is_valid AND ($2::text IS NULL OR id = $2) AND ($3::text IS NULL OR id <> $3)
           ORDER BY id FOR NO KEY UPDATE) AS live
     WHERE s.id = live.id RETURNING s.id`,
    [actorId, only, but, now.toISOString(), reason],
  );
  return rows.map((row) => String(row['id']));
}

/** Ends the L1 tokens of an actor: L2's logout is the logout from every L1. Its API tokens stay. */
export async function endL1Tokens(execute: Execute, actorId: string, now: Date): Promise<EndedL1Token[]> {
  const { rows } = await execute(
    `UPDATE api_tokens t SET revoked_at = $2::timestamptz
     FROM (SELECT id FROM api_tokens
           WHERE actor_id = $1 AND kind = 'l1' AND revoked_at IS NULL AND expires_at > $2::timestamptz
           ORDER BY id FOR NO KEY UPDATE) AS live
     WHERE t.id = live.id
     RETURNING t.l1_server, t.id AS jti, t.token_hash, t.expires_at AS "expiresAt"`,
    [actorId, now.toISOString()],
  );
  return rows as unknown as EndedL1Token[];
}

/**
 * What was ended a moment ago, perhaps by somebody whose answer is still under way: whoever finds it ended waits for it too. Sessions
 * by name are for the caller to add.
 */
export async function justEnded(
  execute: Execute,
  actorId: string,
  o: { since: Date; sessions: boolean },
): Promise<string[]> {
  const { rows } = await execute(
    `SELECT id FROM api_tokens WHERE actor_id = $1 AND kind = 'l1' AND revoked_at > $2::timestamptz
     UNION ALL SELECT id FROM sessions WHERE $3::boolean AND actor_id = $1 AND ended_at > $2::timestamptz`,
    [actorId, o.since.toISOString(), o.sessions],
  );
  return rows.map((row) => String(row['id']));
}
