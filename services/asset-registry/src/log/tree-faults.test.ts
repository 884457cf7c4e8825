import { createPrivateKey, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leafHash } from '@artdag/claims';
import { openDatabase, type Database } from '@artdag/database/registry';
import { createTestDatabase, type TestDatabase } from '@artdag/testing';
import { appendLeaves, edgeRoot, emptyTree, formatVkey, openCheckpoint, verifierKey } from '@artdag/transparency-log';
import { Client } from 'pg';
import type { ClaimSigner } from '../signing/claim-signer.ts';
import { addLeaves, naiveRoot, newLeaves } from '../testing/log.testing.ts';
import { createCheckpointRepository } from './checkpoint.repository.ts';
import type { CheckpointStore } from './checkpoints.ts';
import { createCheckpointSigner } from './checkpoint-signer.ts';
import type { LogKeySet } from './log-key.ts';
import { createLogRepository, type LogRepository, type LogTables } from './log.repository.ts';
import { sequence } from './sequencer.ts';
import { createTileReader } from './tile.repository.ts';

let database: TestDatabase;
let tables: Database;
let log: LogRepository;
let checkpoints: CheckpointStore;
const origin = 'l2.example.com/log';

beforeEach(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  log = createLogRepository(tables);
  checkpoints = createCheckpointRepository(tables);
});
afterEach(async () => {
  await tables.close();
  await database.drop();
});

const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8, Buffer.alloc(32, 7)]), format: 'der', type: 'pkcs8' });
const publicKey = Buffer.from(privateKey.export({ format: 'jwk' }).x ?? '', 'base64url');
const key = verifierKey(origin, publicKey);
const primary = { keyId: 'https://l2.example.com/log#ed25519-key', vkey: formatVkey(key), status: 'primary' as const };
const keys: LogKeySet = { primary, all: [primary] };
const goodSigner: ClaimSigner = { sign: async ({ data }) => sign(null, data, privateKey) };

function signCheckpoint(o: { signer?: ClaimSigner; checkpoints?: CheckpointStore } = {}): Promise<boolean> {
  const { signer = goodSigner } = o;
  const readTiles = createTileReader(tables.pool);
  const deps = { origin, checkpoints: o.checkpoints ?? checkpoints, readTiles, lookUpKeys: async () => keys, signer };
  return createCheckpointSigner(deps).signCheckpoint();
}

async function drain(): Promise<void> {
  while (await sequence(log));
}

/** A process that is killed at this step: its transaction ends as PostgreSQL ends that of a lost connection. */
const killedAt = (step: keyof LogTables): LogRepository => ({
  ...log,
  exclusively: (work) =>
    log.exclusively((all) =>
      work({
        ...all,
        [step]: () => {
          throw new Error(`killed at ${step}`);
        },
      }),
    ),
});

async function expectWhole(leaves: readonly string[]): Promise<void> {
  const { rows } = await tables.pool.query<{ leaf: string }>('SELECT leaf FROM log_entries ORDER BY log_index');
  const entries = rows.map(({ leaf }) => leaf);
  expect(entries.toSorted()).toEqual([...leaves].toSorted());
  const state = await tables.pool.query<{ tree: string; tiled: string; root: Buffer }>(
    'SELECT tree_size AS tree, tiled_size AS tiled, root FROM log_state',
  );
  expect(state.rows).toEqual([{ tree: String(leaves.length), tiled: String(leaves.length), root: naiveRoot(entries) }]);
  const tiles = await tables.pool.query<{ place: string; hashes: Buffer }>(
    `SELECT level || '/' || tile_index AS place, hashes FROM log_tiles ORDER BY level, tile_index`,
  );
  const expected = appendLeaves(
    emptyTree,
    entries.map((leaf) => leafHash(leaf)),
  ).tiles;
  expect(tiles.rows).toEqual(
    expected.map(({ level, index, hashes }) => ({ place: `${level}/${index}`, hashes: Buffer.from(hashes) })),
  );
  expect(
    edgeRoot(
      appendLeaves(
        emptyTree,
        entries.map((leaf) => leafHash(leaf)),
      ).edge,
    ),
  ).toEqual(naiveRoot(entries));
}

describe('a sequencer that is killed', () => {
  it.each(['leafHashes', 'readTiles', 'storeTiles', 'lastSigned', 'storeUnsigned'] as const)(
    'at its step %s leaves no trace, and the next one does all of it',
    async (step) => {
      const leaves = newLeaves(300);
      await addLeaves(tables.pool, leaves.slice(0, 200));
      await drain();
      await signCheckpoint();
      await addLeaves(tables.pool, leaves.slice(200));
      const before = await log.status();
      await expect(sequence(killedAt(step))).rejects.toThrow(`killed at ${step}`);
      expect(await log.status()).toEqual(before);
      await drain();
      await expectWhole(leaves);
      await signCheckpoint();
      expect((await checkpoints.findLatest())?.size).toBe(300);
    },
  );

  it('between sequencing and signing has another one sign what it left', async () => {
    const leaves = newLeaves(5);
    await addLeaves(tables.pool, leaves);
    await drain();
    expect(await checkpoints.findLatest()).toBeUndefined();
    const killed = { ...checkpoints, store: () => Promise.reject(new Error('killed')) };
    await expect(signCheckpoint({ checkpoints: killed })).rejects.toThrow('killed');
    expect(await checkpoints.findLatest()).toBeUndefined();
    expect(await signCheckpoint()).toBe(true);
    const latest = await checkpoints.findLatest();
    expect(openCheckpoint(latest?.note ?? '', [key])).toMatchObject({ size: 5, root: latest?.root });
    expect(await signCheckpoint()).toBe(false);
    expect(await checkpoints.list(0, 10)).toHaveLength(1);
  });

  it('after signing has stored nothing twice, though two signed', async () => {
    await addLeaves(tables.pool, newLeaves(3));
    await drain();
    expect(await Promise.all([signCheckpoint(), signCheckpoint(), signCheckpoint()])).toContain(true);
    expect(await checkpoints.list(0, 10)).toHaveLength(1);
    expect(await checkpoints.listKeys()).toEqual([{ ...primary, fromSize: 3 }]);
  });
});

describe('a log from before there were tiles', () => {
  it('gets them turn by turn, whatever comes meanwhile, and may be left in the middle', async () => {
    const old = Array.from({ length: 45_000 }, (_, i) => `old ${i}`);
    await tables.pool.query(
      `INSERT INTO log_entries (log_index, leaf_hash, leaf)
       SELECT n, sha256('\\x00'::bytea || convert_to('old ' || n, 'UTF8')), 'old ' || n FROM generate_series(0, 44999) n`,
    );
    await tables.pool.query('UPDATE log_state SET tree_size = 45000');
    expect(await sequence(log)).toBe(true);
    const { tiledSize } = await log.status();
    expect(tiledSize).toBeGreaterThan(0);
    expect(tiledSize).toBeLessThan(45_000);
    await signCheckpoint();
    const first = await checkpoints.findLatest();
    expect(first?.root).toEqual(naiveRoot(old.slice(0, tiledSize)));
    const fresh = newLeaves(10);
    await addLeaves(tables.pool, fresh);
    await expect(sequence(killedAt('storeUnsigned'))).rejects.toThrow('killed');
    await drain();
    await expectWhole([...old, ...fresh]);
    expect(await signCheckpoint()).toBe(true);
    expect((await checkpoints.findLatest())?.size).toBe(45_010);
  });

  it('goes on beside a replica of the earlier version, which makes none', async () => {
    const leaves = newLeaves(6);
    await addLeaves(tables.pool, leaves.slice(0, 2));
    await drain();
    const [third = ''] = leaves.slice(2);
    await tables.pool.query('INSERT INTO log_entries (log_index, leaf_hash, leaf) VALUES (2, $1, $2)', [
      leafHash(third),
      third,
    ]);
    await tables.pool.query('UPDATE log_state SET tree_size = 3');
    await addLeaves(tables.pool, leaves.slice(3));
    await drain();
    await expectWhole(leaves);
  });
});

describe('what was changed behind the log’s back', () => {
  const flip = (bytes: string, at: number): string => `set_byte(${bytes}, ${at}, get_byte(${bytes}, ${at}) # 1)`;
  /** As a superuser, whom nothing keeps from it. */
  async function tamper(sql: string): Promise<void> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`SET search_path = registry; SET session_replication_role = replica; ${sql}`);
    await client.end();
  }

  it('in a tile is never signed, and nothing more is sequenced', async () => {
    await addLeaves(tables.pool, newLeaves(300));
    await drain();
    await signCheckpoint();
    await addLeaves(tables.pool, newLeaves(10));
    await tamper(`UPDATE log_tiles SET hashes = ${flip('hashes', 40)} WHERE level = 0 AND tile_index = 1`);
    await expect(sequence(log)).rejects.toThrow('is not consistent with the signed checkpoint of 300');
    expect(await log.status()).toMatchObject({ pending: 10, tiledSize: 300, signedSize: 300 });
    expect(await signCheckpoint()).toBe(false);
  });

  it('between sequencing and signing is not signed either', async () => {
    await addLeaves(tables.pool, newLeaves(300));
    await drain();
    await signCheckpoint();
    await addLeaves(tables.pool, newLeaves(10));
    await drain();
    await tamper(`UPDATE log_state SET root = ${flip('root', 4)}`);
    await expect(signCheckpoint()).rejects.toThrow('is not consistent');
    expect((await checkpoints.findLatest())?.size).toBe(300);
  });

  it('as a tile that is shorter than its tree stops the sequencer', async () => {
    await addLeaves(tables.pool, newLeaves(20));
    await drain();
    await addLeaves(tables.pool, newLeaves(1));
    await tamper('UPDATE log_tiles SET hashes = substring(hashes FROM 1 FOR 19 * 32)');
    await expect(sequence(log)).rejects.toThrow('tile 0/0 of the log has 19 hashes, not 20');
  });

  it('as the service itself could, a trigger refuses', async () => {
    await addLeaves(tables.pool, newLeaves(20));
    await drain();
    for (const change of [flip('hashes', 40), 'substring(hashes FROM 33)', 'substring(hashes FROM 1 FOR 32)']) {
      await expect(tables.pool.query(`UPDATE log_tiles SET hashes = ${change}`)).rejects.toThrow(
        'would lose or change hashes',
      );
    }
  });
});

describe('a signature that is not the key’s', () => {
  it('is not stored', async () => {
    await addLeaves(tables.pool, newLeaves(1));
    await drain();
    const signer: ClaimSigner = { sign: async () => Buffer.alloc(64, 1) };
    await expect(signCheckpoint({ signer })).rejects.toThrow('is false');
    expect(await checkpoints.findLatest()).toBeUndefined();
  });
});
