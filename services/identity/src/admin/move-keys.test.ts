import { createPublicKey } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKeyFiles, lockUser, multibaseOf } from '@artdag/actor-keys';
import { masterKeys, sealEnvelope } from '@artdag/envelope';
import { openDatabase } from '@artdag/database/identity';
import { userRegistered } from '@artdag/events';
import { executeWithPg, toOutboxRow } from '@artdag/messaging';
import { eventually } from '@artdag/testing';
import {
  databaseStore,
  filesIn,
  keyIdOf,
  kit,
  masterKeyOf,
  rotate,
  sign,
  startCustody,
  verifies,
  type Custody,
  type SignResult,
} from '../actor-keys/custody.testing.ts';
import { setupKeys } from '../setup-keys/setup-keys.ts';
import type { RunningIdentity } from '../start-identity.testing.ts';
import { admin, type Ran } from './admin-cli.testing.ts';

let custody: Custody;
const three = ['giles.ed25519.pem', 'giles.pem', 'giles.pub'];

beforeEach(async () => {
  custody = await startCustody();
  for (const name of ['giles', 'anya']) custody.addActor(name);
});
afterEach(() => custody.close());

async function keys(what: 'import' | 'export', folder: string, ...more: string[]): Promise<Ran> {
  const settings = {
    ...{ DATABASE_URL: custody.database.url, DATA_ENCRYPTION_KEY: masterKeyOf(7).toString('hex') },
    ARTDAG_DOMAIN: 'l2.test',
    AUTH_URL: custody.auth.url,
  };
  const ran = await admin(settings, 'keys', what, '--data-dir', folder, ...more);
  custody.hear(ran.out + ran.err);
  return ran;
}

async function setUp(folder: string, username = 'giles'): Promise<void> {
  const input = { username, publicUrl: 'https://l2.test', force: false, now: new Date() };
  expect((await setupKeys(createKeyFiles(folder), input)).exitCode).toBe(0);
}

const read = (folder: string, name: string): string => readFileSync(join(folder, 'keys', name), 'utf8');
const contents = (folder: string) => Object.fromEntries(filesIn(folder).map((name) => [name, read(folder, name)]));
const publicOf = (pem: string): string => createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
const both = (name: string, n = 1) => [
  { name, kind: 'rsa' as const, n },
  { name, kind: 'ed25519' as const, n },
];

async function actorKeys(identity: RunningIdentity, name = 'giles') {
  const assertion = { 'x-actor-assertion': kit.service('federation') };
  return (await identity.get(`/internal/identity/actor-keys/user:${name}`, assertion)).body;
}

async function register(identity: RunningIdentity, name: string): Promise<void> {
  const event = userRegistered.create({
    ...{ id: `evt_${name}`, occurred_at: '2026-11-21T12:00:00Z', subject: `user:${name}`, subject_version: 1 },
    data: { actor_id: `user:${name}`, username: name, actor_type: 'human', display_name: name, method: 'password' },
  });
  const { id, routing_key: routingKey, payload } = toOutboxRow(event);
  await identity.transport.publish([{ id, routingKey, body: Buffer.from(payload) }]);
  await eventually(async () => (await custody.sql('SELECT 1 FROM identity.processed_events')).length > 0);
}

describe('setup-keys, keys import, and then the registration with KEY_STORE=database', () => {
  it('has the actor show the same PEM and the Multikey of the same Ed25519 key, and sign with them', async () => {
    const folder = custody.makeFolder();
    await setUp(folder);
    const { code, out, err } = await keys('import', folder);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`giles: waits for the actor to get its keys: as ${keyIdOf('giles', 'rsa')} and `);
    expect(await custody.sql('SELECT key_id FROM identity.waiting_keys')).toHaveLength(2);

    const identity = await custody.start(databaseStore);
    await register(identity, 'giles');
    const { keys: shown, version } = await actorKeys(identity);
    const ofKind = (kind: string) => shown.find((key: { kind: string }) => key.kind === kind);
    expect(ofKind('rsa').public_key_pem).toBe(read(folder, 'giles.pub'));
    const ed25519 = publicOf(read(folder, 'giles.ed25519.pem'));
    expect(ofKind('ed25519').public_key_pem).toBe(ed25519);
    expect(ofKind('ed25519').public_key_multibase).toBe(multibaseOf(ed25519));
    for (const result of await sign(identity, both('giles'))) expect(await verifies(custody, result)).toBe(true);
    expect(await custody.sql('SELECT 1 FROM identity.waiting_keys')).toEqual([]);
    expect([version, (await custody.sql('SELECT 1 FROM identity.outbox')).length]).toEqual([1, 1]);
  });

  it('never makes another pair while one waits that it cannot open', async () => {
    const keyId = keyIdOf('giles', 'rsa');
    await custody.sql(
      `INSERT INTO identity.waiting_keys (key_id, username, kind, public_key, private_enc) VALUES ($1, 'giles', 'rsa', 'x', $2)`,
      [keyId, sealEnvelope(masterKeys(masterKeyOf(9)), keyId, Buffer.from('x'))],
    );
    const identity = await custody.start(databaseStore);
    const [result] = await sign(identity, both('giles').slice(0, 1));
    expect(result?.error?.code).toBe('actor_key_unavailable');
    expect(await custody.sql('SELECT 1 FROM identity.actor_keys')).toEqual([]);
  });

  it.each(['the import', 'the first use'])(
    'and the actor’s first use at the same moment, of which %s is first, end with one pair in one place',
    async (first) => {
      const folder = custody.makeFolder();
      await setUp(folder);
      const identity = await custody.start(databaseStore);
      const work = [() => keys('import', folder, '--json'), () => sign(identity, both('giles').slice(1))] as const;
      const order = first === 'the import' ? [0, 1] : [1, 0];
      const running: Promise<unknown>[] = [];
      await holdingLock('giles', async () => {
        // Both have seen that there is nothing, and wait for each other's turn.
        for (const [place, n] of order.entries()) {
          running[n] = work[n]?.() ?? Promise.reject(new Error('there is no such work'));
          await eventually(async () => (await waitingForLocks()) === place + 1);
        }
      });
      const [imported, signed] = (await Promise.all(running)) as [Ran, SignResult[]];
      expect(await verifies(custody, signed[0])).toBe(true);
      const [row] = await custody.sql(`SELECT public_key FROM identity.actor_keys WHERE kind = 'ed25519'`);
      const isFiles = row?.['public_key'] === publicOf(read(folder, 'giles.ed25519.pem'));
      const [{ outcome }] = imported.json.sets;
      expect([isFiles, outcome]).toEqual(first === 'the import' ? [true, 'waiting'] : [false, 'refused']);
      const waiting = await custody.sql('SELECT kind FROM identity.waiting_keys');
      expect(waiting).toEqual(first === 'the import' ? [{ kind: 'rsa' }] : []);
    },
  );
});

/** Does `work` while nobody else can bring a pair of that user into the database. */
async function holdingLock(username: string, work: () => Promise<void>): Promise<void> {
  const other = openDatabase({ databaseUrl: custody.database.url, max: 1 });
  try {
    await other.pgTransaction(async (client) => {
      await lockUser(executeWithPg(client), username);
      await work();
    });
  } finally {
    await other.close();
  }
}

async function waitingForLocks(): Promise<number> {
  const [row] = await custody.sql(
    `SELECT count(*)::int AS count FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
     WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`,
  );
  return Number(row?.['count']);
}

describe('keys import and keys export', () => {
  it('bring the same keys from files to the database and back, for everybody, also after a rotation', async () => {
    const withFiles = await custody.start();
    for (const name of ['giles', 'anya']) await sign(withFiles, both(name));
    await rotate(withFiles, { username: 'anya' });
    const before = contents(custody.folder);
    expect((await keys('import', custody.folder)).out).toBe('anya: done\ngiles: done\n');
    expect(contents(custody.folder)).toEqual(before);

    const inDatabase = await custody.start({ ...databaseStore, dataDir: custody.makeFolder() });
    for (const [name, n] of [
      ['giles', 1],
      ['anya', 2],
    ] as const) {
      const [here, there] = await Promise.all([withFiles, inDatabase].map((each) => sign(each, both(name, n))));
      // Both kinds of signature are deterministic: equal ones mean equal keys.
      expect(there).toEqual(here);
      for (const result of there ?? []) expect(await verifies(custody, result)).toBe(true);
    }

    const back = custody.makeFolder();
    expect((await keys('export', back)).out).toBe('anya: done\ngiles: done\n');
    const primary = Object.entries(before).filter(([name]) => !name.includes('retired'));
    expect(contents(back)).toEqual(Object.fromEntries(primary));
    for (const name of filesIn(back)) {
      expect([name, (statSync(join(back, 'keys', name)).mode & 0o777).toString(8)]).toEqual([
        name,
        name.endsWith('.pub') ? '644' : '600',
      ]);
    }
    expect((await keys('export', back)).out).toBe('anya: nothing to do\ngiles: nothing to do\n');
    const there = await custody.start({ dataDir: back });
    expect(await sign(there, both('giles'))).toEqual(await sign(withFiles, both('giles')));
  });

  it('with --remove leave one copy, after the other has been read back', async () => {
    const withFiles = await custody.start();
    for (const name of ['giles', 'anya']) await sign(withFiles, both(name));
    expect((await keys('import', custody.folder, '--user', 'giles', '--remove')).code).toBe(0);
    expect(filesIn(custody.folder)).toEqual(['anya.ed25519.pem', 'anya.pem', 'anya.pub']);
    const inDatabase = await custody.start(databaseStore);
    for (const result of await sign(inDatabase, both('giles'))) expect(await verifies(custody, result)).toBe(true);

    const back = custody.makeFolder();
    expect((await keys('export', back, '--remove')).out).toContain('giles: done');
    expect(filesIn(back)).toEqual(three);
    expect(await custody.sql('SELECT 1 FROM identity.actor_keys WHERE private_enc IS NOT NULL')).toEqual([]);
    const there = await custody.start({ dataDir: back });
    for (const result of await sign(there, both('giles'))) expect(await verifies(custody, result)).toBe(true);
  });

  it('export what waits as well, so that nothing is lost on the way back', async () => {
    const folder = custody.makeFolder();
    await setUp(folder);
    await keys('import', folder, '--remove');
    expect(filesIn(folder)).toEqual([]);
    expect((await keys('export', folder, '--remove')).code).toBe(0);
    expect(filesIn(folder)).toEqual(three);
    expect(await custody.sql('SELECT 1 FROM identity.waiting_keys')).toEqual([]);
  });

  it('take over what a rotation has staged and had no time to put in its place', async () => {
    const files = createKeyFiles(custody.folder);
    const place = async (): Promise<void> => await Promise.reject(new Error('no room'));
    const withFiles = await custody.start({}, { actorKeys: { files: { ...files, place } } });
    await sign(withFiles, both('giles'));
    await rotate(withFiles, { username: 'giles' });
    expect(filesIn(custody.folder).filter((name) => name.includes('.next-'))).toHaveLength(2);
    expect((await keys('import', custody.folder)).code).toBe(0);
    const inDatabase = await custody.start(databaseStore);
    for (const result of await sign(inDatabase, both('giles', 2))) expect(await verifies(custody, result)).toBe(true);
  });
});

describe('keys import', () => {
  it('refuses a set whose file is not the published key, changes nothing of it, and does the others', async () => {
    const withFiles = await custody.start();
    for (const name of ['giles', 'anya']) await sign(withFiles, both(name));
    const folder = custody.makeFolder();
    await setUp(folder, 'giles');
    const anya = contents(custody.folder);
    for (const name of ['anya.pem', 'anya.ed25519.pem']) writeFileSync(join(folder, 'keys', name), anya[name] ?? '');
    const { code, out, err } = await keys('import', folder, '--remove');
    expect(code).toBe(1);
    expect(out).toMatch(
      /^anya: done\ngiles: REFUSED: .*giles\.pem holds another key than the one that was published\.\n$/,
    );
    expect(err).toContain('1 of 2 sets were refused');
    const stored = await custody.sql('SELECT username FROM identity.actor_keys WHERE private_enc IS NOT NULL');
    expect(stored.map(({ username }) => username)).toEqual(['anya', 'anya']);
    expect(filesIn(folder)).toEqual(three);
  });

  it('refuses half a set that cannot be read, and a second pair for somebody whose first one waits', async () => {
    const folder = custody.makeFolder();
    await setUp(folder);
    const pem = read(folder, 'giles.ed25519.pem');
    writeFileSync(join(folder, 'keys', 'giles.ed25519.pem'), 'no key');
    expect((await keys('import', folder)).out).toContain('giles.ed25519.pem cannot be read as a private key');
    expect(await custody.sql('SELECT 1 FROM identity.waiting_keys')).toEqual([]);
    writeFileSync(join(folder, 'keys', 'giles.ed25519.pem'), pem);
    expect((await keys('import', folder)).code).toBe(0);
    expect((await keys('import', folder)).code).toBe(0);
    const other = custody.makeFolder();
    await setUp(other);
    expect((await keys('import', other)).out).toContain('another rsa pair waits in the database already');
    expect(await custody.sql('SELECT 1 FROM identity.waiting_keys')).toHaveLength(2);
  });

  it('says in a sentence what is missing', async () => {
    const folder = custody.makeFolder();
    expect(await keys('import', folder)).toMatchObject({ code: 0, out: 'There are none.\n' });
    expect((await keys('import', folder, '--user', 'giles')).out).toContain('there is no ');
    expect((await keys('import', folder, '--user', '../evil')).err).toContain('not a handle');
    expect((await keys('export', folder, '--user', 'giles')).out).toContain('the database has no keys of theirs');
    const bare = await admin({ DATABASE_URL: custody.database.url }, 'keys', 'import');
    expect([bare.code, bare.err]).toEqual([1, expect.stringContaining('Set DATA_ENCRYPTION_KEY')]);
    const key = { DATA_ENCRYPTION_KEY: masterKeyOf(7).toString('hex') };
    expect((await admin(key, 'keys', 'import')).err).toContain('Set DATABASE_URL');
    const away = await admin({ ...key, DATABASE_URL: 'postgresql://x:y@127.0.0.1:1/z' }, 'keys', 'export');
    expect([away.code, away.err]).toEqual([1, expect.stringContaining('PostgreSQL cannot be reached')]);
  });
});

describe('keys export', () => {
  it('writes over no other key, and no half set', async () => {
    const inDatabase = await custody.start(databaseStore);
    await sign(inDatabase, both('giles'));
    const folder = custody.makeFolder();
    await setUp(folder);
    rmSync(join(folder, 'keys', 'giles.pem'));
    const before = contents(folder);
    const { code, out } = await keys('export', folder, '--remove');
    expect([code, out]).toEqual([1, expect.stringContaining('giles.ed25519.pem holds another key.')]);
    expect(contents(folder)).toEqual(before);
    expect(await custody.sql('SELECT 1 FROM identity.actor_keys WHERE private_enc IS NOT NULL')).toHaveLength(2);
  });

  it('refuses what the master key does not open', async () => {
    const inDatabase = await custody.start({ ...databaseStore, dataEncryptionKey: masterKeyOf(2) });
    await sign(inDatabase, both('giles'));
    const folder = custody.makeFolder();
    const { code, out } = await keys('export', folder);
    expect([code, out]).toEqual([1, expect.stringContaining('opens under none of the master keys given')]);
    expect(filesIn(folder)).toEqual([]);
  });
});
