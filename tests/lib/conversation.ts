import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase, eventually } from '@artdag/testing';
import pg from 'pg';
import { call, newAccount, type Account } from './api-client.ts';
import { startFedifyPeer, type Arrival, type FedifyPeer } from './fedify.ts';
import { root } from './scripts.ts';
import { startStandalone, type StandaloneSuite } from './standalone-suite.ts';

export interface Person extends Account {
  apId: string;
  /** `acct:user@host`, as the fediverse asks for it. */
  acct: string;
}

/** The suite on a database that can be looked into, and Fedify servers that talk with it. */
export interface Conversation {
  url: string;
  suite: StandaloneSuite;
  newPeer(): Promise<FedifyPeer>;
  /** An account that the fediverse can find. */
  newPerson(): Promise<Person>;
  /** Rows of federation's tables. */
  rows<R extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<R[]>;
  /** What `artdag-admin` prints. */
  admin(...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

const ACTIVITY_JSON = { accept: 'application/activity+json' };

/** @param o.reachedBy the address that the suite is given for the database at the given one */
export async function startConversation(
  env: Record<string, string> = {},
  o: { reachedBy?: (databaseUrl: string) => Promise<string> } = {},
): Promise<Conversation> {
  const database = await createTestDatabase();
  const DATABASE_URL = (await o.reachedBy?.(database.url)) ?? database.url;
  const suite = await startStandalone({ env: { DATABASE_URL, ...env } });
  const { host } = new URL(suite.url);
  const pool = new pg.Pool({ connectionString: database.url, max: 2, options: '-c search_path=federation' });
  const peers: FedifyPeer[] = [];
  return {
    url: suite.url,
    suite,
    async newPeer() {
      const peer = await startFedifyPeer();
      peers.push(peer);
      return peer;
    },
    async newPerson() {
      const account = await newAccount(suite.url);
      const acct = `acct:${account.username}@${host}`;
      await eventually(async () => (await call(suite.url, `/.well-known/webfinger?resource=${acct}`)).status === 200);
      return { ...account, acct, apId: `${suite.url}/users/${account.username}` };
    },
    rows: async <R extends pg.QueryResultRow>(text: string, values: unknown[]) =>
      (await pool.query<R>(text, values)).rows,
    async admin(...args) {
      const main = join(root, 'packages', 'admin-cli', 'dist', 'main.js');
      const own = { PATH: process.env['PATH'], ARTDAG_DATA: suite.dataFolder };
      return (await promisify(execFile)(process.execPath, [main, ...args], { env: own })).stdout;
    },
    async remove() {
      for (const peer of peers) await peer.process.stop();
      await pool.end();
      await suite.remove();
      await database.drop();
    },
  };
}

/** The first page of a collection. */
export async function pageOf(collection: string): Promise<unknown> {
  const { origin, pathname } = new URL(collection);
  return (await call(origin, `${pathname}?page=1`, { headers: ACTIVITY_JSON })).body['orderedItems'];
}

/** The first delivery to a peer that is so, once it has come. */
export async function arrival(peer: FedifyPeer, isSo: (arrival: Arrival) => boolean): Promise<Arrival> {
  return await eventually(async () => {
    const { received } = await peer.received();
    const found = received.find(isSo);
    if (!found) throw new Error(`among ${received.map(({ type }) => type).join(', ')} it has not come`);
    return found;
  });
}

/** Makes a Fedify actor a follower, the Accept arrived. */
export async function follow(peer: FedifyPeer, person: Person): Promise<Arrival> {
  const { id } = await peer.follow(person.acct);
  return arrival(peer, ({ type, body }) => type === 'Accept' && JSON.stringify(body['object']).includes(id));
}
