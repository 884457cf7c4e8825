import type { Execute } from '@artdag/messaging';
import type { Revocation } from './revocation.ts';

export interface ClaimOptions {
  now: Date;
  /** Nobody else takes the claimed calls for so long. */
  leaseMs: number;
  /** L1s of which something is known: how many more calls each may get, and whether it is slow. */
  hosts: readonly { l1Url: string; room: number; isSlow: boolean }[];
  /** How many calls an L1 may get of which nothing is known yet. */
  roomOfNew: number;
  /** How many calls to slow L1s, and to all others, may be taken. */
  room: { slow: number; prompt: number };
}

/*
 * One statement takes what is due, L1 by L1, so that no backlog hides another L1: the walk jumps from one L1 that something waits for to the
 * next. One that was removed is told nothing. Whoever has fewest before it comes first. SKIP LOCKED lets replicas share the work; the lease gives back what one that died had taken.
 */
const CLAIM = `
WITH RECURSIVE known AS MATERIALIZED (SELECT * FROM unnest($1::text[], $2::int[], $3::boolean[]) AS k(l1_url, room, slow)),
walk(l1_url) AS (
  (SELECT r.l1_url FROM l1_revocations r WHERE r.state = 'pending' ORDER BY r.l1_url LIMIT 1)
  UNION ALL
  SELECT (SELECT r.l1_url FROM l1_revocations r WHERE r.state = 'pending' AND r.l1_url > w.l1_url ORDER BY r.l1_url LIMIT 1)
  FROM walk w WHERE w.l1_url IS NOT NULL),
due AS MATERIALIZED (
  SELECT j.id, coalesce(k.slow, false) AS slow, row_number() OVER (PARTITION BY w.l1_url ORDER BY j.next_at, j.id) AS nth
  FROM walk w JOIN l1_servers s ON s.url = w.l1_url LEFT JOIN known k ON k.l1_url = w.l1_url CROSS JOIN LATERAL (
    SELECT r.id, r.next_at FROM l1_revocations r
    WHERE r.l1_url = w.l1_url AND r.state = 'pending' AND r.next_at <= $4 AND (r.claimed_until IS NULL OR r.claimed_until <= $4)
    ORDER BY r.next_at, r.id LIMIT coalesce(k.room, $5)) j
  WHERE w.l1_url IS NOT NULL),
chosen AS MATERIALIZED (
  SELECT id FROM (SELECT due.*, row_number() OVER (PARTITION BY slow ORDER BY nth, random()) AS turn FROM due) t
  WHERE turn <= CASE WHEN slow THEN $6::int ELSE $7::int END),
taken AS MATERIALIZED (
  SELECT r.id FROM l1_revocations r JOIN chosen c ON c.id = r.id
  WHERE r.state = 'pending' AND (r.claimed_until IS NULL OR r.claimed_until <= $4) FOR UPDATE OF r SKIP LOCKED)
UPDATE l1_revocations r SET claimed_until = $8 FROM taken t WHERE r.id = t.id
RETURNING r.id, r.l1_url, r.username, r.jti, r.token_hash, r.reason, r.revoked_at, r.attempts`;

/** `execute` runs autocommit statements: no transaction is open while an L1 is being called. */
export async function claimRevocations(execute: Execute, o: ClaimOptions): Promise<Revocation[]> {
  const until = new Date(o.now.getTime() + o.leaseMs);
  const hosts = <T>(pick: (host: ClaimOptions['hosts'][number]) => T): T[] => o.hosts.map(pick);
  const { rows } = await execute(CLAIM, [
    ...[hosts(({ l1Url }) => l1Url), hosts(({ room }) => room), hosts(({ isSlow }) => isSlow)],
    ...[o.now, o.roomOfNew, o.room.slow, o.room.prompt, until],
  ]);
  return rows.map((row) => ({
    id: String(row['id']),
    l1Url: String(row['l1_url']),
    username: String(row['username']),
    jti: textOrNull(row['jti']),
    tokenHash: textOrNull(row['token_hash']),
    reason: String(row['reason']),
    revokedAt: row['revoked_at'] as Date,
    attempts: Number(row['attempts']),
  }));
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
