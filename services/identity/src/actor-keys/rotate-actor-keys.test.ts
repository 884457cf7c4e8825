import { createPublicKey } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKeyFiles, keyNumber, type KeyKind } from '@artdag/actor-keys';
import { actorKeysChanged } from '@artdag/events';
import { eventually } from '@artdag/testing';
import type { RunningIdentity } from '../start-identity.testing.ts';
import {
  databaseStore,
  filesIn,
  keyIdOf,
  kit,
  rotate,
  sign,
  startCustody,
  stores,
  verifies,
  type Custody,
} from './custody.testing.ts';

let custody: Custody;
const giles = { name: 'giles' } as const;

beforeEach(async () => {
  custody = await startCustody();
  custody.addActor('giles');
});
afterEach(() => custody.close());

const both = [
  { ...giles, kind: 'rsa' },
  { ...giles, kind: 'ed25519' },
] as const;
const second = both.map((item) => ({ ...item, n: 2 }));
const statuses = async (): Promise<unknown[]> =>
  await custody.sql('SELECT key_id, status, retired_at IS NOT NULL AS ended FROM identity.actor_keys ORDER BY key_id');

describe.each(stores)('a rotation with the private keys in %s', (_where, config) => {
  it('makes new keys with the next ids, retires the former, and tells of all of them in one event', async () => {
    const identity = await custody.start(config);
    await sign(identity, both);
    const { status, body } = await rotate(identity, { username: 'giles' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ actor_id: 'user:giles', username: 'giles', version: 3 });
    expect(await statuses()).toEqual([
      { key_id: keyIdOf('giles', 'ed25519'), status: 'retired', ended: true },
      { key_id: keyIdOf('giles', 'ed25519', 2), status: 'primary', ended: false },
      { key_id: keyIdOf('giles', 'rsa'), status: 'retired', ended: true },
      { key_id: keyIdOf('giles', 'rsa', 2), status: 'primary', ended: false },
    ]);
    const rows = await custody.sql('SELECT payload FROM identity.outbox ORDER BY created_at, id');
    const last = actorKeysChanged.parse(JSON.parse(String(rows.at(-1)?.['payload'])));
    expect([rows.length, last.subject_version, last.data.keys]).toEqual([3, 3, body.keys]);
    expect(JSON.stringify(body)).not.toContain('PRIVATE');
  });

  it('has the former id answered with 409 and the new one, which then signs', async () => {
    const identity = await custody.start(config);
    await sign(identity, both);
    await rotate(identity, { username: 'giles' });
    const refused = await sign(identity, both);
    expect(refused.map(({ error }) => [error?.status, error?.code, error?.key_id])).toEqual(
      both.map(({ kind }) => [409, 'key_changed', keyIdOf('giles', kind, 2)]),
    );
    for (const result of await sign(identity, second)) expect(await verifies(custody, result)).toBe(true);
  });

  it('can be of one kind, and can say that the former key is compromised', async () => {
    const identity = await custody.start(config);
    await sign(identity, both);
    await rotate(identity, { username: 'giles', kind: 'ed25519', compromised: true });
    await rotate(identity, { username: 'giles', kind: 'ed25519' });
    expect((await statuses()).map((row) => Object.values(row as object).slice(0, 2))).toEqual([
      [keyIdOf('giles', 'ed25519'), 'compromised'],
      [keyIdOf('giles', 'ed25519', 2), 'retired'],
      [keyIdOf('giles', 'ed25519', 3), 'primary'],
      [keyIdOf('giles', 'rsa'), 'primary'],
    ]);
    const results = await sign(identity, [
      { ...giles, kind: 'ed25519', n: 3 },
      { ...giles, kind: 'rsa' },
    ]);
    for (const result of results) expect(await verifies(custody, result)).toBe(true);
  });

  it('reaches every replica by the channel, so that none signs with the former key', async () => {
    const overrides = { store: custody.sharedStore };
    const [one, two] = [await custody.start(config, overrides), await custody.start(config, overrides)];
    for (const identity of [one, two]) await sign(identity, both);
    await rotate(one, { username: 'giles' });
    for (const identity of [one, two]) {
      expect((await sign(identity, both)).map(({ error }) => error?.code)).toEqual(['key_changed', 'key_changed']);
      for (const result of await sign(identity, second)) expect(await verifies(custody, result)).toBe(true);
    }
  });

  it('reaches a replica that hears nothing within seconds, by its look at the database', async () => {
    const [one, two] = [await custody.start(config), await custody.start(config)];
    await sign(two, both);
    await rotate(one, { username: 'giles' });
    expect((await sign(two, both)).every(({ signature }) => signature !== undefined)).toBe(true);
    await eventually(async () => (await sign(two, both)).every(({ error }) => error?.code === 'key_changed'));
    for (const result of await sign(two, second)) expect(await verifies(custody, result)).toBe(true);
  });

  it('many at once, on two replicas, take a number each and lose no key', async () => {
    const [one, two] = [await custody.start(config), await custody.start(config)];
    await sign(one, both);
    const answers = await Promise.all(
      [one, two, one, two].map((each) => rotate(each, { username: 'giles', kind: 'ed25519' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const rows = await custody.sql(
      `SELECT key_id, status FROM identity.actor_keys WHERE kind = 'ed25519' ORDER BY created_at, key_id`,
    );
    expect(rows.map(({ key_id }) => key_id).toSorted()).toEqual(
      [1, 2, 3, 4, 5].map((n) => keyIdOf('giles', 'ed25519', n)),
    );
    expect(rows.filter(({ status }) => status === 'primary')).toEqual([
      { key_id: keyIdOf('giles', 'ed25519', 5), status: 'primary' },
    ]);
    const three = await custody.start(config);
    const [result] = await sign(three, [{ ...giles, kind: 'ed25519', n: 5 }]);
    expect(await verifies(custody, result)).toBe(true);
    expect(filesIn(custody.folder).filter((name) => name.includes('next'))).toEqual([]);
  });

  it('under load, has every item signed by the key that it names or told the new one, and nothing else', async () => {
    // Hardly a key is held, so that rows and files are read in every moment of a rotation; other actors push them out.
    const overrides = { actorKeys: { maxHeldKeys: 1 } };
    const [one, two] = [await custody.start(config, overrides), await custody.start(config, overrides)];
    custody.addActor('anya');
    await sign(one, [...both, { name: 'anya', kind: 'ed25519' }]);
    const [seen, state] = [new Set<string>(), { running: true, signed: 0, failed: [] as unknown[] }];
    const work = async (identity: RunningIdentity, kind: KeyKind): Promise<void> => {
      for (let n = 1; state.running;) {
        const [, result] = await sign(identity, [
          { name: 'anya', kind: 'ed25519' },
          { ...giles, kind, n },
        ]);
        if (await verifies(custody, result)) state.signed += Number(result?.key_id === keyIdOf('giles', kind, n));
        else if (result?.error?.code === 'key_changed') n = keyNumber(result.error.key_id ?? '');
        else state.failed.push(result);
        if (result?.key_id !== undefined) seen.add(result.key_id);
      }
    };
    const workers = [one, two].flatMap((each) => [work(each, 'ed25519'), work(each, 'rsa')]);
    for (let rotations = 0; rotations < 4; rotations++) {
      const until = state.signed + 20;
      await eventually(() => state.signed >= until || state.failed.length > 0);
      expect((await rotate(rotations % 2 === 0 ? one : two, { username: 'giles' })).status).toBe(200);
    }
    await eventually(() => seen.has(keyIdOf('giles', 'ed25519', 5)) || state.failed.length > 0);
    state.running = false;
    await Promise.all(workers);
    expect(state.failed).toEqual([]);
    expect(seen.size).toBeGreaterThan(5);
  });

  it('goes on with the keys that are held while auth is away', async () => {
    const identity = await custody.start(config);
    await sign(identity, both);
    custody.auth.down = true;
    const { status } = await rotate(identity, { username: 'giles', kind: 'ed25519' });
    const [result] = await sign(identity, [{ ...giles, kind: 'ed25519', n: 2 }]);
    custody.auth.down = false;
    expect([status, await verifies(custody, result)]).toEqual([200, true]);
  });

  it('is for admin alone, of an actor that has keys, in plain words otherwise', async () => {
    const identity = await custody.start(config);
    await sign(identity, [{ ...giles, kind: 'ed25519' }]);
    const path = '/internal/admin/actor-keys/rotate';
    for (const service of ['federation', 'gateway', 'identity']) {
      const headers = { 'x-actor-assertion': kit.service(service) };
      expect((await identity.post(path, { username: 'giles' }, headers)).status).toBe(403);
    }
    const person = { 'x-actor-assertion': kit.actor({ actor_id: 'user:giles', roles: ['system_admin'] }) };
    expect((await identity.post(path, { username: 'giles' }, person)).status).toBe(403);
    expect((await identity.post(path, { username: 'giles' })).status).toBe(401);
    const missing = [{ username: 'nobody' }, { username: 'giles', kind: 'rsa' }];
    for (const body of missing) {
      expect(await rotate(identity, body)).toMatchObject({ status: 404, body: { code: 'keys_not_found' } });
    }
    const hostile = ['../x', "x'; DROP TABLE actor_keys;--", 'a\0b', '', 7, { $ne: 1 }];
    for (const username of hostile) expect((await rotate(identity, { username })).status).toBe(422);
    expect((await rotate(identity, { username: 'giles', kind: 'constructor' })).status).toBe(422);
    expect(await statuses()).toHaveLength(1);
  });
});

describe('a rotation with files', () => {
  it('has the new pair under the spec’s names and the former beside them, for their owner only', async () => {
    const identity = await custody.start();
    await sign(identity, both);
    const keys = join(custody.folder, 'keys');
    const former = readFileSync(join(keys, 'giles.pem'), 'utf8');
    const { body } = await rotate(identity, { username: 'giles' });
    const names = ['giles.ed25519.pem', 'giles.ed25519.pem.retired-1', 'giles.pem', 'giles.pem.retired-1', 'giles.pub'];
    expect(filesIn(custody.folder)).toEqual(names);
    for (const name of names.slice(0, 4)) expect(statSync(join(keys, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(keys, 'giles.pem.retired-1'), 'utf8')).toBe(former);
    const pem = body.keys.find(
      ({ key_id }: { key_id: string }) => key_id === keyIdOf('giles', 'rsa', 2),
    ).public_key_pem;
    expect(readFileSync(join(keys, 'giles.pub'), 'utf8')).toBe(pem);
    expect(createPublicKey(readFileSync(join(keys, 'giles.pem'))).export({ type: 'spki', format: 'pem' })).toBe(pem);
  });

  it('between a replica’s look at the row and its look at the file has it answer with the new id', async () => {
    const one = await custody.start();
    await sign(one, both);
    const files = createKeyFiles(custody.folder);
    let [looked, goOn]: [() => void, () => void] = [() => undefined, () => undefined];
    const atTheFile = new Promise<void>((resolve) => (looked = resolve));
    const rotated = new Promise<void>((resolve) => (goOn = resolve));
    const readPrivate: typeof files.readPrivate = async (...given) => {
      looked();
      await rotated;
      return await files.readPrivate(...given);
    };
    const two = await custody.start({}, { actorKeys: { files: { ...files, readPrivate } } });
    const signing = sign(two, [{ ...giles, kind: 'ed25519' }]);
    await atTheFile;
    await rotate(one, { username: 'giles' });
    goOn();
    expect((await signing)[0]?.error).toMatchObject({ code: 'key_changed', key_id: keyIdOf('giles', 'ed25519', 2) });
  });

  it('is refused by a replica on another folder, which writes nothing, and where the private key is lost', async () => {
    const one = await custody.start();
    await sign(one, both);
    const elsewhere = custody.makeFolder();
    const two = await custody.start({ dataDir: elsewhere });
    const refused = await rotate(two, { username: 'giles' });
    expect([refused.status, refused.body.code]).toEqual([503, 'actor_key_unavailable']);
    expect(filesIn(elsewhere)).toEqual([]);
    rmSync(join(custody.folder, 'keys', 'giles.pem'));
    expect((await rotate(one, { username: 'giles' })).status).toBe(503);
    expect(await statuses()).toHaveLength(2);
  });
});

describe('a rotation with the private keys in the database', () => {
  it('stores the new private key sealed', async () => {
    const identity = await custody.start(databaseStore);
    await sign(identity, both);
    await rotate(identity, { username: 'giles' });
    const rows = await custody.sql('SELECT private_enc FROM identity.actor_keys');
    for (const { private_enc } of rows) expect(private_enc).toMatch(/^v2\.[0-9a-f]{8}\.[\w-]+\.[\w-]+$/);
    expect(filesIn(custody.folder)).toEqual([]);
  });
});
