import { startL1Farm, type L1Farm } from '@artdag/testing';
import pg from 'pg';
import { call, newAccount, type Account } from '../api-client.ts';
import { startProcesses, type ProcessSuite } from '../process-suite.ts';

export interface L1World {
  farm: L1Farm;
  suite: ProcessSuite;
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** Every service as a process of its own, and a hundred L1s, of which 20 hang, 20 refuse and 10 answer 500. */
export async function startL1World(): Promise<L1World> {
  const farm = await startL1Farm({ good: 50, hanging: 20, refusing: 20, failing: 10 });
  const suite = await startProcesses({ env: { L1_SERVERS: farm.all.join(','), ALLOW_HTTP_L1: 'true' } });
  return {
    farm,
    suite,
    async rows(sql, values = []) {
      const client = new pg.Client({ connectionString: suite.databaseUrl });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql, values)).rows;
      } finally {
        await client.end();
      }
    },
    async close() {
      await suite.remove();
      await farm.close();
    },
  };
}

export interface HeldToken {
  l1: string;
  token: string;
  jti: string;
}

export interface Attached extends Account {
  /** By L1. */
  tokens: Map<string, HeldToken>;
}

const AT_ONCE = 8;

/** Somebody new, signed in and attached to all of these. */
export async function attachedTo({ url }: ProcessSuite, l1s: readonly string[]): Promise<Attached> {
  const account = await newAccount(url);
  const tokens = new Map<string, HeldToken>();
  const todo = [...l1s];
  const lane = async (): Promise<void> => {
    for (let l1 = todo.pop(); l1 !== undefined; l1 = todo.pop()) {
      const token = await attach(url, account, l1);
      tokens.set(l1, { l1, token, jti: jtiOf(token) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { ...account, tokens };
}

async function attach(url: string, { token }: Account, l1: string): Promise<string> {
  const { status, body } = await call(url, '/renderers/attach', { token, body: { l1_server: l1 } });
  if (status !== 200) throw new Error(`attaching answered ${status}: ${JSON.stringify(body)}`);
  return String(body['token']);
}

/** `l1 jti` of every token that auth has made for these people: also of one whose answer came too late for anybody to hold it. */
export async function mintedFor({ rows }: L1World, people: readonly Account[]): Promise<string[]> {
  const minted = await rows(
    `SELECT t.l1_server || ' ' || t.id AS held FROM auth.api_tokens t JOIN auth.actors a ON a.id = t.actor_id
     WHERE t.kind = 'l1' AND a.handle = ANY($1)`,
    [people.map(({ username }) => username)],
  );
  return minted.map(({ held }) => String(held)).toSorted();
}

function jtiOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return String((JSON.parse(payload) as { jti: unknown }).jti);
}

/** How long the answer took, in milliseconds. */
export async function logOut({ url }: ProcessSuite, { token }: Account): Promise<number> {
  const begun = performance.now();
  const { status } = await call(url, '/auth/logout', { token, method: 'POST' });
  if (status !== 200) throw new Error(`logging out answered ${status}`);
  return performance.now() - begun;
}

/** What `/auth/verify` says of each token, each said once. */
export async function verdictsOn({ url }: ProcessSuite, { tokens }: Attached): Promise<string[]> {
  const said = new Set<string>();
  const todo = [...tokens.values()];
  const lane = async (): Promise<void> => {
    for (let held = todo.pop(); held !== undefined; held = todo.pop()) {
      const { status, body } = await call(url, '/auth/verify', { body: { token: held.token, l1_server: held.l1 } });
      said.add(`${status} ${String(body['code'])}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return [...said];
}

/** Of the good ones, those that have been told of their token. */
export function toldOf({ farm }: L1World, { tokens }: Attached): Set<string> {
  const good = new Set(farm.urls.good);
  const isTold = ({ l1, jti }: { l1: string; jti: string | undefined }): boolean =>
    good.has(l1) && tokens.get(l1)?.jti === jti;
  return new Set(farm.calls.filter(isTold).map(({ l1 }) => l1));
}

export const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

export const p95 = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? Number.NaN;
