import type { PrismaClient } from '@artdag/database/federation';
import type { Execute } from '@artdag/messaging';
import type { UrlSource } from '../http/url-collection.ts';

export function createFollowerRepository(prisma: Pick<PrismaClient, 'follower'>): UrlSource {
  return {
    count: (username) => prisma.follower.count({ where: { username } }),
    async page(username, { limit, offset }) {
      const rows = await prisma.follower.findMany({
        where: { username },
        select: { followerApId: true },
        orderBy: [{ acceptedAt: 'desc' }, { followerApId: 'desc' }],
        take: limit,
        skip: offset,
      });
      return rows.map(({ followerApId }) => followerApId);
    },
  };
}

/*
 * Statements of other people's transactions: what came into an inbox, and what a delivery found out.
 */

export interface NewFollower {
  username: string;
  followerApId: string;
  inbox: string;
  sharedInbox: string | null;
  followActivityId: string;
  now: Date;
  /** One of ours, who is not written to. */
  isLocal?: boolean;
}

/* An old follower who asks again, by another Follow, is told again; the same Follow changes nothing. */
const ADD = `
INSERT INTO followers AS f (username, follower_ap_id, inbox, shared_inbox, follow_activity_id, accepted_at, is_local)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (username, follower_ap_id) DO UPDATE
SET inbox = EXCLUDED.inbox, shared_inbox = EXCLUDED.shared_inbox, follow_activity_id = EXCLUDED.follow_activity_id
WHERE f.follow_activity_id <> EXCLUDED.follow_activity_id
RETURNING (xmax = 0) AS is_new`;

export async function upsertFollower(execute: Execute, f: NewFollower): Promise<'added' | 'renewed' | 'unchanged'> {
  const params = [f.username, f.followerApId, f.inbox, f.sharedInbox, f.followActivityId, f.now, f.isLocal ?? false];
  const { rows } = await execute(ADD, params);
  if (rows[0] === undefined) return 'unchanged';
  return rows[0]['is_new'] === true ? 'added' : 'renewed';
}

/** A relationship that ended. */
export interface Removed {
  username: string;
  followerApId: string;
}

async function remove(execute: Execute, where: string, params: readonly unknown[]): Promise<Removed[]> {
  const { rows } = await execute(`DELETE FROM followers WHERE ${where} RETURNING username, follower_ap_id`, params);
  return rows.map((row) => ({ username: String(row['username']), followerApId: String(row['follower_ap_id']) }));
}

export function removeFollower(execute: Execute, username: string, followerApId: string): Promise<Removed[]> {
  return remove(execute, 'username = $1 AND follower_ap_id = $2', [username, followerApId]);
}

/** By the id of the Follow, which must be this follower's. */
export function removeByFollow(execute: Execute, followerApId: string, followActivityId: string): Promise<Removed[]> {
  return remove(execute, 'follower_ap_id = $1 AND follow_activity_id = $2', [followerApId, followActivityId]);
}

export function removeEverywhere(execute: Execute, followerApId: string): Promise<Removed[]> {
  return remove(execute, 'follower_ap_id = $1', [followerApId]);
}

export function removeByInbox(execute: Execute, username: string, inbox: string): Promise<Removed[]> {
  return remove(execute, 'username = $1 AND inbox = $2', [username, inbox]);
}

export function removeSome(execute: Execute, username: string, limit: number): Promise<Removed[]> {
  const some = 'SELECT follower_ap_id FROM followers WHERE username = $1 ORDER BY follower_ap_id LIMIT $2';
  return remove(execute, `username = $1 AND follower_ap_id IN (${some})`, [username, limit]);
}

/** Of a host and its subdomains, whatever their port; with one, of that host only. */
export function removeFromHost(execute: Execute, host: string): Promise<Removed[]> {
  const from = "lower(split_part(follower_ap_id, '/', 3))";
  return remove(
    execute,
    `$1 IN (${from}, split_part(${from}, ':', 1)) OR right(split_part(${from}, ':', 1), length($1) + 1) = '.' || $1`,
    [host],
  );
}

const FORGET_SHARED = `
UPDATE followers SET shared_inbox = NULL WHERE username = $1 AND shared_inbox = $2 AND inbox <> $2 RETURNING inbox`;

/** From now on those who shared this inbox are written to one by one; answers their own inboxes. */
export async function forgetSharedInbox(execute: Execute, username: string, sharedInbox: string): Promise<string[]> {
  const { rows } = await execute(FORGET_SHARED, [username, sharedInbox]);
  return rows.map(({ inbox }) => String(inbox));
}
