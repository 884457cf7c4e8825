import type { Execute } from '@artdag/messaging';

const PURGE = `
DELETE FROM l1_revocations WHERE id IN (
  SELECT id FROM l1_revocations WHERE state = $1 AND state <> 'pending' AND settled_at < $2 LIMIT $3::int FOR UPDATE SKIP LOCKED)`;

/** Deletes up to `limit` calls that ended before; answers how many. */
export async function purge(execute: Execute, o: { state: string; before: Date; limit: number }): Promise<number> {
  return (await execute(PURGE, [o.state, o.before, o.limit])).rowCount;
}

const ORPHANED = `
DELETE FROM l1_revocations r WHERE r.state = 'pending' AND NOT EXISTS (SELECT 1 FROM l1_servers s WHERE s.url = r.l1_url)`;

/** Drops calls to L1s that were removed, written by whoever did not see that yet. */
export async function dropOrphaned(execute: Execute): Promise<void> {
  await execute(ORPHANED, []);
}

const REQUEUE = `
UPDATE l1_revocations SET claimed_until = NULL, next_at = least(next_at, $1)
WHERE state = 'pending' AND (claimed_until > $2 OR next_at > $3)`;

/**
 * A replica that died gives its calls back when its lease ends. What would stay stuck is what a clock that was wrong has taken or put off for
 * longer than can be: that is due now.
 */
export async function requeueStuck(
  execute: Execute,
  o: { now: Date; longestLeaseMs: number; longestPauseMs: number },
): Promise<number> {
  const after = (ms: number): Date => new Date(o.now.getTime() + ms);
  return (await execute(REQUEUE, [o.now, after(o.longestLeaseMs), after(o.longestPauseMs)])).rowCount;
}
