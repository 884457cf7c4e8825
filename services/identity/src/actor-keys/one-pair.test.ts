import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/identity';
import {
  createTestDatabase,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import type { Config } from '../config.ts';
import { startIdentity, testPublicUrl, type RunningIdentity } from '../start-identity.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let running: RunningIdentity[] = [];
let folders: string[] = [];
const kit = makeAssertionKit('identity');
const names = Array.from({ length: 8 }, (_, i) => `user-${i}`);

beforeEach(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  auth = await startFakeAuth();
  for (const name of names)
    auth.actors.set(`user:${name}`, { actor_id: `user:${name}`, username: name, status: 'active' });
});
afterEach(async () => {
  await Promise.all(running.map((identity) => identity.stop()));
  await auth.close();
  await tables.close();
  await database.drop();
  for (const folder of folders) rmSync(folder, { recursive: true });
  [running, folders] = [[], []];
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'artdag-identity-'));
  folders.push(folder);
  return folder;
}

async function start(dataDir: string, config: Partial<Config> = {}): Promise<RunningIdentity> {
  const common = { databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() };
  const identity = await startIdentity({ ...common, dataDir, config });
  running.push(identity);
  return identity;
}

async function sign(
  identity: RunningIdentity,
  name: string,
): Promise<{ signature?: string; error?: { code: string } }[]> {
  const fragments = { ed25519: 'ed25519-key', rsa: 'main-key' } as const;
  const items = (['ed25519', 'rsa'] as const).map((key) => ({
    ...{ actor_id: `user:${name}`, key, data: 'AAAA' },
    key_id: `${testPublicUrl}/users/${name}#${fragments[key]}`,
  }));
  const assertion = { 'x-actor-assertion': kit.service('federation') };
  return (await identity.post('/internal/sign', { items }, assertion)).body.signatures;
}

async function expectOnePairEach(identity: RunningIdentity): Promise<void> {
  const rows = await identity.sql(
    `SELECT count(*)::int AS rows, count(DISTINCT public_key)::int AS keys FROM identity.actor_keys WHERE status = 'primary'`,
  );
  expect(rows).toEqual([{ rows: names.length * 2, keys: names.length * 2 }]);
  // One event per version, and each version lists the keys of the one before.
  const events = await identity.sql(
    `SELECT e.payload::json->>'subject' AS subject, count(*)::int AS events, s.version,
            max(json_array_length(e.payload::json->'data'->'keys')) AS keys
     FROM identity.outbox e JOIN identity.key_sets s ON s.actor_id || '#keys' = e.payload::json->>'subject'
     GROUP BY 1, 3`,
  );
  expect(events).toHaveLength(names.length);
  for (const { events: count, version, keys } of events) expect([count, keys]).toEqual([version, 2]);
}

const databaseStore: Partial<Config> = { keyStore: 'database', dataEncryptionKey: Buffer.alloc(32, 7) };

describe.each<[string, Partial<Config>]>([
  ['files in a shared folder', {}],
  ['the database', databaseStore],
])('two replicas that make the same actors’ keys at once in %s', (_where, config) => {
  it('end with one pair per actor and kind, with which both sign', async () => {
    const folder = makeFolder();
    const [one, two] = [await start(folder, config), await start(folder, config)];
    const [first, second] = await Promise.all(
      [one, two].map((identity) => Promise.all(names.map((name) => sign(identity, name)))),
    );
    expect(first).toEqual(second);
    expect(first?.flat().every(({ signature }) => signature !== undefined)).toBe(true);
    await expectOnePairEach(one);
    // A third, started later, finds the same.
    const three = await start(folder, config);
    expect(await Promise.all(names.map((name) => sign(three, name)))).toEqual(first);
  });
});

describe('two replicas with a folder each', () => {
  it('do not fork an actor’s key: whoever is second refuses, and keeps no file', async () => {
    const folder = makeFolder();
    const one = await start(makeFolder());
    const two = await start(folder);
    const [name = ''] = names;
    await sign(one, name);
    expect((await sign(two, name)).map(({ error }) => error?.code)).toEqual([
      'actor_key_unavailable',
      'actor_key_unavailable',
    ]);
    expect(existsSync(join(folder, 'keys'))).toBe(false);
  });

  it('agree on one winner when they race', async () => {
    const folderList = [makeFolder(), makeFolder()];
    const replicas = await Promise.all(folderList.map((folder) => start(folder)));
    await Promise.all(replicas.flatMap((identity) => names.map((name) => sign(identity, name))));
    for (const identity of replicas.slice(0, 1)) await expectOnePairEach(identity);
    const files = folderList.flatMap((folder) =>
      readdirSync(join(folder, 'keys')).filter((file) => file.endsWith('.pem')),
    );
    expect(files.toSorted()).toEqual(names.flatMap((name) => [`${name}.ed25519.pem`, `${name}.pem`]).toSorted());
    for (const name of names) {
      const both = await Promise.all(replicas.map((identity) => sign(identity, name)));
      for (const kind of [0, 1]) {
        const codes = both.map((results) => results[kind]?.error?.code ?? 'signed');
        expect(codes.toSorted()).toEqual(['actor_key_unavailable', 'signed']);
      }
    }
  });
});

describe('KEY_STORE=database', () => {
  it('stores nothing that could be used, and opens nothing under another master key', async () => {
    const [name = ''] = names;
    const one = await start(makeFolder(), databaseStore);
    await sign(one, name);
    const rows = await one.sql('SELECT private_enc FROM identity.actor_keys');
    for (const { private_enc: sealed } of rows) expect(sealed).toMatch(/^v2\.[0-9a-f]{8}\.[\w-]+\.[\w-]+$/);
    const two = await start(makeFolder(), { ...databaseStore, dataEncryptionKey: Buffer.alloc(32, 8) });
    const codes = (await sign(two, name)).map(({ error }) => error?.code);
    expect(codes).toEqual(['actor_key_unavailable', 'actor_key_unavailable']);
    const three = await start(makeFolder());
    expect((await sign(three, name))[0]?.error?.code).toBe('actor_key_unavailable');
    expect(await one.sql('SELECT 1 FROM identity.actor_keys')).toHaveLength(2);
  });
});
