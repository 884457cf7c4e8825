import { openDatabase, type Database } from '@artdag/database/bridge';
import { createTestDatabase, makeAssertionKit, quietLogger } from '@artdag/testing';
import { startAuthStandIn, type AuthStandIn } from './auth-stand-in.testing.ts';
import { startBridge, type RunningBridge } from './start-bridge.testing.ts';

export const north = 'https://north.example';
export const south = 'https://south.example/studio';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // What JSON.parse gives; each test says what it expects.
  body: ReturnType<typeof JSON.parse>;
}

export interface Send {
  headers?: Record<string, string>;
  json?: unknown;
  /** Sent as it is, in place of `json`. */
  body?: string;
}

/** The whole service on a real database, with an auth of the test's own. */
export interface L1World {
  bridge: RunningBridge;
  auth: AuthStandIn;
  database: Database;
  /** Of the service; tests move it. */
  clock: { offsetMs: number };
  kit: ReturnType<typeof makeAssertionKit>;
  post(path: string, send?: Send): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** As artdag-admin. */
  operate(path: string, body?: object): Promise<Answer>;
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** A second bridge on the same database and auth. */
  another(env: Record<string, string>): Promise<RunningBridge>;
  close(): Promise<void>;
}

export async function startL1World(env: Record<string, string> = {}): Promise<L1World> {
  const test = await createTestDatabase();
  const auth = await startAuthStandIn('l2.example');
  const database = openDatabase({ databaseUrl: test.url, max: 2 });
  const clock = { offsetMs: 0 };
  const kit = makeAssertionKit('l1-bridge');
  const bridges: RunningBridge[] = [];
  const start = async (more: Record<string, string>): Promise<RunningBridge> => {
    const bridge = await startBridge(
      {
        ...{ DATABASE_URL: test.url, AUTH_URL: auth.url, ARTDAG_DOMAIN: 'l2.example', DATABASE_POOL_MAX: '4' },
        ...{ L1_SERVERS: `${north},${south}`, RATE_LIMIT_VERIFY: 'off', ...more },
      },
      { logger: quietLogger(), now: () => new Date(Date.now() + clock.offsetMs) },
    );
    bridges.push(bridge);
    return bridge;
  };
  const bridge = await start(env);
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(bridge.url + path, { redirect: 'manual', ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };
  const post = (path: string, { headers, json, body = JSON.stringify(json ?? {}) }: Send = {}): Promise<Answer> =>
    send(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  return {
    ...{ bridge, auth, database, clock, kit, post, another: start },
    get: (path, headers = {}) => send(path, { headers }),
    operate: (path, json = {}) =>
      post(`/internal/admin/l1${path}`, { json, headers: { 'x-actor-assertion': kit.service('admin') } }),
    sql: (text, values = []) =>
      database.pgTransaction(async (client) => (await client.query(text, values)).rows, { system: true }),
    async close() {
      await Promise.all(bridges.map((each) => each.stop()));
      await Promise.all([database.close(), auth.close()]);
      await test.drop();
    },
  };
}
