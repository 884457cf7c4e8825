import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leafHash } from '@artdag/claims';
import { openDatabase, type Database } from '@artdag/database/registry';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import type { FakeAuth, TestDatabase } from '@artdag/testing';
import { edgeTiles, openCheckpoint, parseTlogProof, tilePath } from '@artdag/transparency-log';
import { tileWidth, verifyInclusion, verifyTlogProof, type Tile } from '@artdag/transparency-log';
import { request } from 'undici';
import { addLeaves, createLogClient, naiveRoot, newLeaves } from '../testing/log.testing.ts';
import { publicUrl, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let registry: RunningRegistry;
let client: ReturnType<typeof createLogClient>;
const origin = 'l2.example.com/log';

/** The leaves as they were put in, batch by batch; two batches were signed. */
const leaves: string[] = [];
const sizes: number[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
  const surroundings = { databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() };
  registry = await startRegistry({ ...surroundings, env: { LOG_INTERVAL_MS: '20' } });
  client = createLogClient(registry.url);
  for (const count of [300, 66_000]) {
    leaves.push(...newLeaves(count));
    sizes.push(leaves.length);
    await addLeaves(tables.pool, leaves.slice(-count));
    await eventually(async () => (await client.checkpoint())?.split('\n')[1] === String(leaves.length));
  }
});
afterAll(async () => {
  await registry?.stop();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});

describe('GET /log/checkpoint', () => {
  it('is a note that the log’s key signed, of the root of all its leaves', async () => {
    const answer = await registry.get('/log/checkpoint').expect(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'public, max-age=1',
    });
    const { publicKey } = registry.identity.keyOf('service:log');
    const [key] = await client.keys();
    expect(key).toMatchObject({ name: origin, publicKey });
    const log = await client.entries(leaves.length);
    expect(await client.open(answer.text)).toEqual({ origin, size: leaves.length, root: naiveRoot(log) });
    expect(log.toSorted()).toEqual(leaves.toSorted());
    expect(answer.text.split('\n')).toHaveLength(6);
  });
});

describe('GET /log/vkeys', () => {
  it('lists the key with the size that it signs from', async () => {
    const { body } = await registry.get('/log/vkeys').expect(200);
    const { vkeys } = body as { vkeys: { vkey: string; from_size: number }[] };
    const key = { key_id: `${publicUrl}/log#ed25519-key`, status: 'primary', from_size: expect.any(Number) };
    expect(body).toEqual({ origin, vkeys: [{ vkey: expect.stringMatching(/^l2\.example\.com\/log\+/), ...key }] });
    expect(vkeys[0]?.from_size).toBeLessThanOrEqual(300);
  });
});

describe('GET /log/tile', () => {
  it('has every tile of the tree, as a naive computation has it', async () => {
    const log = await client.entries(leaves.length);
    const size = log.length;
    const full: Tile[] = [
      { level: 0, index: 0, width: 256 },
      { level: 0, index: 257, width: 256 },
    ];
    for (const tile of [...full, { level: 1, index: 0, width: 256 }, ...edgeTiles(size)]) {
      const span = tileWidth ** Number(tile.level);
      const hashes = Array.from({ length: tile.width }, (_, i) => {
        const start = (tile.index * tileWidth + i) * span;
        return naiveRoot(log.slice(start, start + span));
      });
      const answer = await client.tile(tile);
      expect([tilePath(tile), answer.equals(Buffer.concat(hashes))]).toEqual([tilePath(tile), true]);
    }
    expect(edgeTiles(size).map(tilePath)).toEqual(['0/258.p/252', '1/001.p/2', '2/000.p/1']);
  });

  it('may be cached for ever when it is full, and is bytes', async () => {
    for (const path of ['/log/tile/0/000', '/log/tile/entries/000', '/log/tile/1/000']) {
      expect((await registry.get(path).expect(200)).headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'cache-control': 'public, max-age=31536000, immutable',
      });
    }
    const partial = await registry.get('/log/tile/0/258.p/252').expect(200);
    expect(partial.headers['cache-control']).toBe('public, max-age=3600');
  });

  it('is compressed for who takes it so, when it is a bundle', async () => {
    const plain = await client.tile({ level: 'entries', index: 0, width: 256 });
    const answerOf = async (encoding: string, path = 'entries/000') => {
      const headers = { 'accept-encoding': encoding };
      const answer = await request(`${registry.url}/log/tile/${path}`, { headers });
      const raw = Buffer.from(await answer.body.arrayBuffer());
      const isGzip = answer.headers['content-encoding'] === 'gzip';
      expect((isGzip ? gunzipSync(raw) : raw).equals(plain)).toBe(path === 'entries/000');
      return { isGzip, vary: answer.headers['vary'] };
    };
    const vary = 'Accept-Encoding';
    for (const encoding of ['gzip', 'br, gzip;q=0.5']) expect(await answerOf(encoding)).toEqual({ isGzip: true, vary });
    for (const encoding of ['identity', 'br', 'gzip;q=0'])
      expect(await answerOf(encoding)).toEqual({ isGzip: false, vary });
    expect(await answerOf('gzip', '0/000')).toEqual({ isGzip: false, vary: undefined });
  });

  it('keeps the partial tiles of every checkpoint that was signed', async () => {
    expect(await client.tile({ level: 0, index: 1, width: 44 })).toHaveLength(44 * 32);
    expect((await client.entries(300)).map((leaf) => leafHash(leaf))).toHaveLength(300);
    expect(naiveRoot(await client.entries(300))).toEqual(
      (await client.open((await registry.get('/log/checkpoints/300')).text)).root,
    );
  });

  it.each([
    ...[
      '0/258',
      '0/258.p/253',
      '0/259',
      '0/259.p/1',
      '1/001',
      '1/001.p/3',
      '2/000',
      '2/000.p/2',
      '3/000.p/1',
      '63/000',
    ],
    ...[
      'entries/258',
      'entries/258.p/253',
      'entries/259.p/1',
      'entries/x999/x999/x999/x999/999',
      '0/x009/x007/x199/x254/x740/991',
    ],
    ...['0', '0/0', '00/000', '64/000', '-1/000', '0/x000/000', '0/000.p/0', '0/000.p/256', '0/000.p/01', '0/000.P/1'],
    ...[
      'data/000',
      'entries',
      'entries/0',
      'entries/-01',
      '0/000/',
      '0/000%00',
      '0%2F000',
      '0/%E0%A4',
      '0/000.p/1/2',
      'x',
      '%20',
      '0/1e1',
    ],
  ])('404 to %s', async (path) => {
    const answer = await registry.get(`/log/tile/${path}`);
    expect([400, 404]).toContain(answer.status);
    if (!path.includes('%E0')) {
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ code: 'not_found' });
      if (path !== '0/000/') expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  it('ends where the newest signed checkpoint ends, whatever is in the log behind it', async () => {
    registry.identity.mode = 'down';
    const more = newLeaves(10);
    await addLeaves(tables.pool, more);
    await eventually(async () => (await tables.pool.query('SELECT FROM log_pending')).rowCount === 0);
    await registry.get('/log/tile/0/258.p/252').expect(200);
    await registry.get('/log/tile/0/258.p/253').expect(404);
    await registry.get('/log/tile/entries/258.p/253').expect(404);
    await registry.get('/log/tile/0/258').expect(404);
    await registry.get(`/log/proof/${leafHash(more[0] ?? '').toString('hex')}`).expect(404);
    registry.identity.mode = 'up';
    await eventually(async () => (await registry.get('/log/tile/0/259.p/6')).status === 200);
    await registry.get('/log/tile/0/258').expect(200);
    await registry.get(`/log/proof/${leafHash(more[0] ?? '').toString('hex')}`).expect(200);
    leaves.push(...more);
  });
});

interface Proof {
  leaf_index: number;
  leaf: string;
  tree_size: number;
  root_hash: string;
  hashes: string[];
  checkpoint: string;
  tlog_proof: string;
}

describe('GET /log/proof/{leaf_hash}', () => {
  it('proves each leaf in the newest checkpoint, in JSON and as a tlog-proof', async () => {
    const keys = await client.keys();
    for (const leaf of [leaves[0], leaves[299], leaves[300], leaves[40_000], leaves.at(-1)]) {
      const hash = leafHash(leaf ?? '');
      const answer = await registry.get(`/log/proof/${hash.toString('hex')}`).expect(200);
      const body = answer.body as Proof;
      expect(body).toMatchObject({ leaf, leaf_hash: hash.toString('hex'), tree_size: leaves.length });
      const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
      const { root } = openCheckpoint(body.checkpoint, keys);
      expect(body.root_hash).toBe(Buffer.from(root).toString('hex'));
      const claim = { leafHash: hash, index: body.leaf_index, treeSize: body.tree_size, root };
      expect(verifyInclusion({ ...claim, proof: body.hashes.map(bytes) })).toBe(true);
      expect(verifyTlogProof(parseTlogProof(body.tlog_proof), hash, keys).size).toBe(leaves.length);
      const text = await registry.get(`/log/proof/${hash.toString('hex')}`, { accept: 'text/plain' }).expect(200);
      expect(text.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', vary: 'Accept' });
      expect(text.text).toBe(body.tlog_proof);
    }
  });

  it('proves it in an archived checkpoint when asked for its size', async () => {
    const hash = leafHash(leaves[17] ?? '').toString('hex');
    const { body } = await registry.get(`/log/proof/${hash}?size=300`).expect(200);
    const { tree_size: size, checkpoint } = body as Proof;
    expect(size).toBe(300);
    expect(checkpoint).toBe((await registry.get('/log/checkpoints/300')).text);
    const late = leafHash(leaves[300] ?? '').toString('hex');
    await registry.get(`/log/proof/${late}?size=300`).expect(404);
    await registry.get(`/log/proof/${hash}?size=301`).expect(404);
    await registry.get(`/log/proof/${hash}?size=0`).expect(404);
  });

  it.each(['x', '-1', '01', '', '1e3', '99999999999999999999', '300&size=300'])('422 to ?size=%s', async (size) => {
    const { body } = await registry.get(`/log/proof/${'0'.repeat(64)}?size=${size}`).expect(422);
    expect(body).toMatchObject({ code: 'validation_error' });
  });

  it.each(['0'.repeat(64), '0'.repeat(63), 'AB'.repeat(32), 'x', '%00', `${'0'.repeat(64)}0`])(
    '404 to %s',
    async (hash) => {
      const answer = await registry.get(`/log/proof/${hash}`).expect(404);
      expect(answer.body).toMatchObject({ code: 'not_found' });
    },
  );
});

describe('the archive of checkpoints', () => {
  it('has each one as it was served, and lists them by pages', async () => {
    const notes = await client.archive();
    const archived = notes.map((note) => Number(note.split('\n')[1]));
    expect(archived).toEqual(archived.toSorted((a, b) => a - b));
    expect(archived).toEqual(expect.arrayContaining([...sizes, leaves.length]));
    for (const [i, size] of archived.entries()) {
      const answer = await registry.get(`/log/checkpoints/${size}`).expect(200);
      expect(answer.text).toBe(notes[i]);
      expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
    const { body } = await registry.get('/log/checkpoints?after=299&limit=1').expect(200);
    expect(body).toMatchObject({
      checkpoints: [
        { size: 300, key_id: `${publicUrl}/log#ed25519-key`, root_hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      ],
      next: '/log/checkpoints?after=300&limit=1',
    });
  });

  it.each(['1', '0', '-1', '300.0', '0300', 'x', '%00', '99999999999999999999'])('404 to size %s', async (size) => {
    expect((await registry.get(`/log/checkpoints/${size}`).expect(404)).body).toMatchObject({ code: 'not_found' });
  });

  it.each(['after=x', 'after=-1', 'limit=0', 'limit=101', 'after=1&after=2'])('422 to ?%s', async (query) => {
    await registry.get(`/log/checkpoints?${query}`).expect(422);
  });
});
