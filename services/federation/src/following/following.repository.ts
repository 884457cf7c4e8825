import type { PrismaClient } from '@artdag/database/federation';
import type { Execute } from '@artdag/messaging';
import type { UrlSource } from '../http/url-collection.ts';
import type { FollowingSource } from './list-following.ts';
import type { FollowedName } from './target-name.ts';

export type FollowState = 'requested' | 'accepted' | 'rejected';

export interface Following {
  targetApId: string;
  handle: string | null;
  /** Null for an actor of ours. */
  inbox: string | null;
  followActivityId: string;
  state: FollowState;
}

/** Whom an actor follows, and who let it. */
export function createFollowingRepository(prisma: Pick<PrismaClient, 'following'>): UrlSource & FollowingSource {
  const accepted = (username: string) => ({ username, state: 'accepted' });
  return {
    count: (username) => prisma.following.count({ where: accepted(username) }),
    async page(username, { limit, offset }) {
      const rows = await prisma.following.findMany({
        where: accepted(username),
        select: { targetApId: true },
        orderBy: [{ acceptedAt: 'desc' }, { targetApId: 'desc' }],
        take: limit,
        skip: offset,
      });
      return rows.map(({ targetApId }) => targetApId);
    },
    async listOf(username, { name, limit, offset }) {
      const where = { username, ...(name && ('apId' in name ? { targetApId: name.apId } : name)) };
      const [rows, total] = await Promise.all([
        prisma.following.findMany({
          ...{ where, take: limit, skip: offset },
          orderBy: [{ createdAt: 'desc' }, { targetApId: 'desc' }],
        }),
        prisma.following.count({ where }),
      ]);
      return { rows, total };
    },
  };
}

/*
 * Statements of other people's transactions.
 */

const columns = 'target_ap_id, handle, inbox, follow_activity_id, state';

function toFollowing(row: Record<string, unknown>): Following {
  return {
    targetApId: String(row['target_ap_id']),
    handle: row['handle'] as string | null,
    inbox: row['inbox'] as string | null,
    followActivityId: String(row['follow_activity_id']),
    state: row['state'] as FollowState,
  };
}

/** By the actor's URL, or by the handle that it was asked for by. */
export async function findFollowing(
  execute: Execute,
  username: string,
  target: FollowedName,
): Promise<Following | undefined> {
  const [column, value] = 'apId' in target ? ['target_ap_id', target.apId] : ['handle', target.handle];
  const find = `SELECT ${columns} FROM following WHERE username = $1 AND ${column} = $2 ORDER BY created_at LIMIT 1`;
  return (await execute(find, [username, value])).rows.map(toFollowing)[0];
}

/** One after the other for each actor; answers how many are in its list. */
export async function holdFollowing(execute: Execute, username: string): Promise<number> {
  await execute('SELECT 1 FROM ap_actors WHERE username = $1 FOR NO KEY UPDATE', [username]);
  const { rows } = await execute('SELECT count(*)::int AS n FROM following WHERE username = $1', [username]);
  return Number(rows[0]?.['n']);
}

const SAVE = `
INSERT INTO following (username, target_ap_id, handle, inbox, follow_activity_id, state, accepted_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, CASE $6 WHEN 'accepted' THEN $7::timestamptz END, $7)
ON CONFLICT (username, target_ap_id) DO UPDATE SET handle = coalesce(EXCLUDED.handle, following.handle), inbox = EXCLUDED.inbox,
  follow_activity_id = EXCLUDED.follow_activity_id, state = EXCLUDED.state, accepted_at = EXCLUDED.accepted_at`;

export async function saveFollowing(execute: Execute, username: string, f: Following, now: Date): Promise<void> {
  await execute(SAVE, [username, f.targetApId, f.handle, f.inbox, f.followActivityId, f.state, now]);
}

async function remove(execute: Execute, where: string, params: readonly unknown[]): Promise<number> {
  return (await execute(`DELETE FROM following WHERE ${where}`, params)).rowCount;
}

export async function removeFollowing(execute: Execute, username: string, targetApId: string): Promise<void> {
  await remove(execute, 'username = $1 AND target_ap_id = $2', [username, targetApId]);
}

const REMOVE_OF_HOST = `
DELETE FROM following f USING (SELECT username, target_ap_id, lower(split_part(target_ap_id, '/', 3)) AS host FROM following) t
WHERE f.username = t.username AND f.target_ap_id = t.target_ap_id
  AND ($1 IN (t.host, split_part(t.host, ':', 1)) OR right(split_part(t.host, ':', 1), length($1) + 1) = '.' || $1)`;

/** Of a host and its subdomains. Answers how many. */
export async function removeFollowingOfHost(execute: Execute, host: string): Promise<number> {
  return (await execute(REMOVE_OF_HOST, [host])).rowCount;
}

/** Nobody follows that actor any more, as it is no more. Answers how many did. */
export function removeFollowingOf(execute: Execute, targetApId: string): Promise<number> {
  return remove(execute, 'target_ap_id = $1', [targetApId]);
}

/** Removes up to `limit` of those whom an actor follows; answers how many. */
export function removeSomeFollowing(execute: Execute, username: string, limit: number): Promise<number> {
  const some = 'SELECT target_ap_id FROM following WHERE username = $1 ORDER BY target_ap_id LIMIT $2';
  return remove(execute, `username = $1 AND target_ap_id IN (${some})`, [username, limit]);
}

const ANSWER = `
UPDATE following SET state = $3, accepted_at = CASE $3 WHEN 'accepted' THEN $4::timestamptz END
WHERE target_ap_id = $1 AND state = ANY($5::text[])`;

/** Which Follow is meant: by its id, or, where that was left out, by who sent it. */
export type AnsweredFollow = { followId: string } | { username: string };

/** Writes down what the followed actor answered; how many that changed. */
export async function answerFollowing(
  execute: Execute,
  targetApId: string,
  follow: AnsweredFollow,
  change: { from: readonly FollowState[]; to: FollowState; now: Date },
): Promise<number> {
  const [column, value] =
    'followId' in follow ? ['follow_activity_id', follow.followId] : ['username', follow.username];
  const params = [targetApId, value, change.to, change.now, change.from];
  return (await execute(`${ANSWER} AND ${column} = $2`, params)).rowCount;
}
