import { generateKeyPairSync, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KeyKind } from '@artdag/actor-keys';
import { envelopePrefix, masterKeys, openEnvelope, sealEnvelope } from '@artdag/envelope';
import { eventually } from '@artdag/testing';
import { admin } from '../admin/admin-cli.testing.ts';
import type { Config } from '../config.ts';
import type { RunningIdentity } from '../start-identity.testing.ts';
import { asAdmin, keyIdOf, kit, masterKeyOf, sign, signedText, startCustody, type Custody } from './custody.testing.ts';

let custody: Custody;
beforeEach(async () => {
  custody = await startCustody();
});
afterEach(() => custody.close());

const [oldKey, newKey] = [masterKeyOf(1), masterKeyOf(2)];
const [old, renewed] = [masterKeys(oldKey), masterKeys(newKey)];

const settings = (sealing: Buffer, ...others: Buffer[]): Partial<Config> => ({
  ...{ keyStore: 'database', dataEncryptionKey: sealing, otherDataEncryptionKeys: others },
});

interface Stored {
  name: string;
  kind: KeyKind;
  publicKeyPem: string;
}

/** Stores that many actors' keys, as the first version sealed them for every tenth one. */
async function store(count: number, kind: KeyKind): Promise<Stored[]> {
  const stored: (Stored & { keyId: string; sealed: string })[] = [];
  for (let i = 0; i < count; i++) {
    const name = `${kind}-${i}`;
    const pair = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
    const keyId = keyIdOf(name, kind);
    const v2 = sealEnvelope(old, keyId, pair.privateKey.export({ type: 'pkcs8', format: 'der' }));
    const sealed = i % 10 === 0 ? v2.replace(envelopePrefix(old.sealing.id), 'v1.') : v2;
    const publicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    stored.push({ name, kind, publicKeyPem, keyId, sealed });
    custody.addActor(name);
  }
  const column = (name: keyof (typeof stored)[number]): string[] => stored.map((key) => key[name]);
  await custody.sql(
    `WITH sets AS (
       INSERT INTO identity.key_sets (actor_id, username, version) SELECT 'user:' || name, name, 1 FROM unnest($1::text[]) AS n (name))
     INSERT INTO identity.actor_keys (id, actor_id, username, kind, key_id, public_key, private_enc)
     SELECT 'key_' || name, 'user:' || name, name, $2, key_id, public_key, sealed
     FROM unnest($1::text[], $3::text[], $4::text[], $5::text[]) AS k (name, key_id, public_key, sealed)`,
    [column('name'), kind, column('keyId'), column('publicKeyPem'), column('sealed')],
  );
  return stored;
}

function oneOf<T>(list: readonly T[]): T {
  const [one] = list.slice(Math.floor(Math.random() * list.length));
  if (one === undefined) throw new Error('nothing to choose from');
  return one;
}

/** The replicas that get requests, and how many each is at. */
interface Fleet {
  inService: RunningIdentity[];
  busy: Map<RunningIdentity, number>;
}

/** Signs with random actors' keys, on the replicas that are in service, until it is told to stop. */
function startLoad(keys: Stored[], { inService, busy }: Fleet) {
  const state = { signed: 0, failed: [] as unknown[], running: true };
  const once = async (): Promise<void> => {
    const items = Array.from({ length: 20 }, () => oneOf(keys));
    const identity = oneOf(inService);
    busy.set(identity, (busy.get(identity) ?? 0) + 1);
    const results = await sign(identity, items).finally(() => busy.set(identity, (busy.get(identity) ?? 0) - 1));
    for (const [i, { kind, publicKeyPem }] of items.entries()) {
      const bytes = Buffer.from(results[i]?.signature ?? '', 'base64');
      const right = verify(kind === 'rsa' ? 'sha256' : null, Buffer.from(signedText), publicKeyPem, bytes);
      if (right) state.signed += 1;
      else state.failed.push(results[i]);
    }
  };
  const work = async (): Promise<void> => {
    while (state.running) await once().catch((error: unknown) => state.failed.push(error));
  };
  const workers = [work(), work(), work()];
  return {
    state,
    /** Resolves after that many signatures more. */
    more: async (count: number): Promise<void> => {
      const until = state.signed + count;
      await eventually(() => state.signed >= until || state.failed.length > 0);
    },
    async stop() {
      state.running = false;
      await Promise.all(workers);
    },
  };
}

/** Replaces each replica by one with other settings, as a rollout does: the new one serves before the old one ends. */
async function roll({ inService, busy }: Fleet, config: Partial<Config>): Promise<void> {
  for (const former of [...inService]) {
    inService.push(await start(config));
    inService.splice(inService.indexOf(former), 1);
    await eventually(() => (busy.get(former) ?? 0) === 0);
    await former.stop();
  }
}

const start = (config: Partial<Config>): Promise<RunningIdentity> =>
  // Few keys are held, so that rows are read and opened all the time.
  custody.start(config, { actorKeys: { maxHeldKeys: 50 } });

const sealedBy = async (prefix: string): Promise<number> => {
  const [row] = await custody.sql(
    'SELECT count(*)::int AS count FROM identity.actor_keys WHERE starts_with(private_enc, $1)',
    [prefix],
  );
  return Number(row?.['count']);
};

const rewrap = (identity: RunningIdentity, ...args: string[]) =>
  admin(
    { AUTH_URL: custody.auth.url, IDENTITY_URL: identity.url },
    ...['rotate-key', 'data-encryption', '--service', 'identity', '--json', ...args],
  );

describe('the master key of 10,000 stored keys', () => {
  it('is replaced under load without one failed signature, by two commands at once, and opens nothing afterwards', async () => {
    const keys = [...(await store(10_000, 'ed25519')), ...(await store(5, 'rsa'))];
    const inService = [await start(settings(oldKey)), await start(settings(oldKey))];
    const fleet: Fleet = { inService, busy: new Map() };
    const load = startLoad(keys, fleet);
    try {
      await load.more(1000);
      // 1. Every replica can open what the next key seals. 2. Every replica seals with it.
      await roll(fleet, settings(oldKey, newKey));
      await load.more(500);
      await roll(fleet, settings(newKey, oldKey));
      await load.more(500);
      // 3. What is stored is wrapped anew, by two operators at the same time.
      const ran = await Promise.all(inService.map((identity) => rewrap(identity)));
      expect(ran.map(({ code, err }) => [code, err])).toEqual([
        [0, ''],
        [0, ''],
      ]);
      expect(ran.reduce((sum, { json }) => sum + json.rewrapped, 0)).toBe(keys.length);
      expect(ran[0]?.json).toMatchObject({
        ...{ remaining: 0, unopened: [] },
        services: [{ service: 'identity', master_key_id: renewed.sealing.id }],
      });
      // 4. The former key goes.
      await load.more(500);
      await roll(fleet, settings(newKey));
      await load.more(1000);
    } finally {
      await load.stop();
    }
    expect(load.state.failed).toEqual([]);
    expect(load.state.signed).toBeGreaterThan(3500);
    const left = ['v1.', envelopePrefix(old.sealing.id), envelopePrefix(renewed.sealing.id)];
    expect(await Promise.all(left.map(sealedBy))).toEqual([0, 0, keys.length]);
    const rows = await custody.sql('SELECT key_id, private_enc FROM identity.actor_keys LIMIT 100');
    for (const { key_id, private_enc } of rows) {
      expect(() => openEnvelope(old, String(key_id), String(private_enc))).toThrow();
    }
  });
});

describe('rotate-key data-encryption', () => {
  it('changes nothing the second time, goes on where a first one stopped, and takes waiting keys too', async () => {
    await store(30, 'ed25519');
    await custody.sql(
      `INSERT INTO identity.waiting_keys (key_id, username, kind, public_key, private_enc)
       SELECT 'waiting', username, kind, public_key, $1 FROM identity.actor_keys LIMIT 1`,
      [sealEnvelope(old, 'waiting', Buffer.from('x'))],
    );
    await custody.sql(`UPDATE identity.actor_keys SET private_enc = $2 WHERE key_id = $1`, [
      keyIdOf('ed25519-7', 'ed25519'),
      sealEnvelope(renewed, keyIdOf('ed25519-7', 'ed25519'), Buffer.from('x')),
    ]);
    const identity = await start(settings(newKey, oldKey));
    expect((await rewrap(identity)).json).toMatchObject({ rewrapped: 30, remaining: 0 });
    expect((await rewrap(identity)).json).toMatchObject({ rewrapped: 0, remaining: 0 });
    const [row] = await custody.sql('SELECT private_enc FROM identity.waiting_keys');
    expect(openEnvelope(renewed, 'waiting', String(row?.['private_enc']))).toEqual(Buffer.from('x'));
  });

  it('fails, after doing the rest, when some open under none of the keys, and says how many', async () => {
    await store(20, 'ed25519');
    const strange = sealEnvelope(masterKeys(Buffer.alloc(32, 9)), 'x', Buffer.from('x'));
    const ids = [keyIdOf('ed25519-3', 'ed25519'), keyIdOf('ed25519-5', 'ed25519')];
    await custody.sql(`UPDATE identity.actor_keys SET private_enc = $2 WHERE key_id = ANY($1)`, [ids, strange]);
    const identity = await start(settings(newKey, oldKey));
    const { code, err, json } = await rewrap(identity);
    expect([code, json.rewrapped, json.remaining, json.unopened]).toEqual([1, 18, 2, ids]);
    expect(err).toContain('2 open under none');
    expect(await sealedBy(envelopePrefix(renewed.sealing.id))).toBe(18);
  });

  it('asks asset-registry too, and has nothing to do here where keys are in files', async () => {
    const asked: string[] = [];
    const answer = { master_key_id: 'abcdef01', rewrapped: 3, unopened: [], remaining: 0, next: null };
    const registry = createServer((req, res) => {
      asked.push(`${req.method} ${req.url}`);
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    const identity = await custody.start({});
    const env = {
      ...{ AUTH_URL: custody.auth.url, IDENTITY_URL: identity.url },
      ASSET_REGISTRY_URL: `http://127.0.0.1:${(registry.address() as AddressInfo).port}`,
    };
    const both = await admin(env, 'rotate-key', 'data-encryption');
    const own = await admin(env, 'rotate-key', 'data-encryption', '--service', 'identity');
    registry.close();
    const line = 'asset-registry: re-wrapped 3 under master key abcdef01; 0 remain under others.\n';
    expect([both.code, both.err, both.out]).toEqual([0, '', line]);
    expect([own.code, own.err]).toEqual([1, expect.stringContaining('no_master_key')]);
    expect(asked).toEqual(['POST /internal/admin/storage/rewrap']);
  });

  it('is refused by a replica with another key, by one without, and to everybody but admin', async () => {
    const path = '/internal/admin/actor-keys/rewrap';
    const identity = await start(settings(newKey, oldKey));
    const other = await identity.post(path, { master_key_id: old.sealing.id }, asAdmin);
    expect([other.status, other.body.code]).toEqual([409, 'other_master_key']);
    const withFiles = await custody.start({});
    expect((await withFiles.post(path, {}, asAdmin)).body.code).toBe('no_master_key');
    expect((await identity.post(path, {}, { 'x-actor-assertion': kit.service('federation') })).status).toBe(403);
    expect((await identity.post(path, {})).status).toBe(401);
    for (const from of ['x', { table: 'outbox', after: '' }, { table: 'actor_keys', after: 'a\0' }]) {
      expect((await identity.post(path, { from }, asAdmin)).status).toBe(422);
    }
  });
});
