import { expect } from '@jest/globals';
import { createTestDatabase, eventually } from '@artdag/testing';
import pg from 'pg';
import { call, newAccount } from '../api-client.ts';
import { startStandalone, type StandaloneSuite } from '../standalone-suite.ts';
import type { SentAnswer } from '../strangers/send.ts';
import { startStranger, type Stranger } from '../strangers/stranger.ts';

/** The running suite, one account, and what can be seen of both from the database. */
export interface HostileSuite {
  url: string;
  /** The account's own inbox. */
  inbox: string;
  sharedInbox: string;
  /** The account's actor. */
  actor: string;
  token: string;
  process: StandaloneSuite['process'];
  newStranger(address?: string, names?: readonly string[]): Promise<Stranger>;
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  remove(): Promise<void>;
}

/** One row of what hostile input gets: its words, and what happens when a stranger does that. */
export type Row = [condition: string, answer: string, check: (suite: HostileSuite) => Promise<void>];

/** Only 127.0.0.1 may be called, so that any other loopback address stands for what is private. */
export async function startHostileSuite(env: Record<string, string> = {}): Promise<HostileSuite> {
  const database = await createTestDatabase();
  const standalone = await startStandalone({
    env: { DATABASE_URL: database.url, ALLOWED_PRIVATE_CIDRS: '127.0.0.1/32', ...env },
  });
  const { url } = standalone;
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => undefined);
  const { username, token } = await newAccount(url);
  const resource = `acct:${username}@${new URL(url).host}`;
  await eventually(async () => (await call(url, `/.well-known/webfinger?resource=${resource}`)).status === 200);
  const strangers: Stranger[] = [];
  const actor = `${url}/users/${username}`;
  return {
    ...{ url, inbox: `${actor}/inbox`, sharedInbox: `${url}/inbox`, actor, token, process: standalone.process },
    async newStranger(address, names) {
      const stranger = await startStranger(address, names);
      strangers.push(stranger);
      return stranger;
    },
    rows: async (sql, values) => (await pool.query<Record<string, unknown>>(sql, values)).rows,
    async remove() {
      await standalone.remove();
      for (const stranger of strangers) await stranger.close();
      await pool.end();
      await database.drop();
    },
  };
}

/** A Follow: whatever of it is let through shows. */
export const follow = (suite: HostileSuite, stranger: Stranger, name = 'alice', fields: Record<string, unknown> = {}) =>
  stranger.activity(name, { type: 'Follow', object: suite.actor, ...fields });

const TRACES = `
  SELECT (SELECT count(*) FROM federation.inbox_log WHERE ap_actor LIKE $1)::int AS stored,
    (SELECT count(*) FROM federation.followers WHERE follower_ap_id LIKE $1)::int AS followers,
    (SELECT count(*) FROM federation.outbox WHERE type = 'inbox-activity-received' AND payload LIKE '%' || $1)::int AS events`;

/** What there is of a stranger's activities. */
export const tracesOf = async (suite: HostileSuite, { url }: Stranger): Promise<Record<string, unknown> | undefined> =>
  (await suite.rows(TRACES, [`${url}/%`]))[0];

/** The answer, and that nothing of it was stored or done; `fetched` is how often the stranger's host was asked for anything. */
export async function expectRefused(
  suite: HostileSuite,
  stranger: Stranger,
  got: Pick<SentAnswer, 'status' | 'code'>,
  wanted: { status: number; code?: string; fetched?: number },
): Promise<void> {
  const { status, code = got.code, fetched = 0 } = wanted;
  expect([got.status, got.code]).toEqual([status, code]);
  expect(await tracesOf(suite, stranger)).toEqual({ stored: 0, followers: 0, events: 0 });
  expect([...stranger.fetches]).toHaveLength(fetched);
}

/** Results of what was stored of a stranger's, once all of it has been processed, in the order of its coming. */
export const processed = (suite: HostileSuite, { url }: Stranger): Promise<unknown[]> =>
  eventually(async () => {
    const rows = await suite.rows(
      'SELECT result FROM federation.inbox_log WHERE ap_actor LIKE $1 ORDER BY received_at, activity_id',
      [`${url}/%`],
    );
    if (rows.length === 0 || rows.some(({ result }) => result === null)) throw new Error('not processed yet');
    return rows.map(({ result }) => result);
  });

/** Who of a stranger's follows the account. */
export const followersOf = async (suite: HostileSuite, { url }: Stranger): Promise<unknown[]> =>
  (
    await suite.rows(
      'SELECT follower_ap_id FROM federation.followers WHERE follower_ap_id LIKE $1 ORDER BY follower_ap_id',
      [`${url}/%`],
    )
  ).map(({ follower_ap_id: follower }) => follower);

/** Follows the account, and waits until that is so. */
export async function becomeFollower(suite: HostileSuite, stranger: Stranger, name = 'alice'): Promise<string> {
  const document = follow(suite, stranger, name);
  expect((await stranger.post(name, suite.inbox, document)).status).toBe(202);
  await eventually(async () => (await followersOf(suite, stranger)).includes(stranger.actor(name)));
  return document.id;
}
