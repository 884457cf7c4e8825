import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leafHash } from '@artdag/claims';
import { openDatabase, type Database } from '@artdag/database/registry';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import type { FakeAuth, TestDatabase } from '@artdag/testing';
import { consistencyProof, openCheckpoint, parseNote, verifyConsistency } from '@artdag/transparency-log';
import { addLeaves, createLogClient, naiveRoot, newLeaves } from '../testing/log.testing.ts';
import { publicUrl, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
/** Two services on one database, with one identity. */
let registry: RunningRegistry;
let other: RunningRegistry;
let client: ReturnType<typeof createLogClient>;
const leaves: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 8 });
  auth = await startFakeAuth();
  const surroundings = { databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() };
  const env = { LOG_INTERVAL_MS: '20' };
  registry = await startRegistry({ ...surroundings, env });
  other = await startRegistry({ ...surroundings, env, identity: registry.identity });
  client = createLogClient(registry.url);
});
afterAll(async () => {
  await other?.stop();
  await registry?.stop();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});

async function add(count: number): Promise<void> {
  const more = newLeaves(count);
  leaves.push(...more);
  await addLeaves(tables.pool, more);
}

const sizeOf = (note: string | undefined): number => Number(note?.split('\n')[1] ?? 0);
const signedSize = async (): Promise<number> => sizeOf(await client.checkpoint());

async function untilSigned(): Promise<void> {
  await eventually(async () => (await signedSize()) === leaves.length);
}

/** Proves each checkpoint consistent with the next, by tiles of the public routes, and the last one's root by every entry. */
async function expectOneHistory(notes: readonly string[]): Promise<void> {
  const keys = await client.keys();
  const heads = notes.map((note) => openCheckpoint(note, keys)).toSorted((a, b) => a.size - b.size);
  for (const [i, from] of heads.slice(0, -1).entries()) {
    const to = heads[i + 1] ?? from;
    expect(verifyConsistency(from, to, await consistencyProof(from.size, to.size, client.readTiles))).toBe(true);
  }
  const last = heads.at(-1);
  expect(last?.root).toEqual(naiveRoot(await client.entries(last?.size ?? 0)));
}

async function expectAllOnce(): Promise<void> {
  const entries = await client.entries(leaves.length);
  expect(entries.toSorted()).toEqual(leaves.toSorted());
}

describe('checkpoints of a log that grows', () => {
  it('are not there before there is a leaf', async () => {
    const answer = await registry.get('/log/checkpoint').expect(404);
    expect(answer.body).toMatchObject({ code: 'not_found' });
    expect((await registry.get('/log/vkeys').expect(200)).body).toMatchObject({ vkeys: [] });
    expect((await registry.get('/log/checkpoints').expect(200)).body).toMatchObject({ checkpoints: [], next: null });
  });

  it('are one history to an observer who kept all, with two sequencers and transactions that overtake each other', async () => {
    const held = await tables.pool.connect();
    await held.query('BEGIN');
    const early = newLeaves(3);
    leaves.push(...early);
    await addLeaves(held, early);
    const kept = new Set<string>();
    const state = { over: false };
    const observing = Promise.all(
      [client, createLogClient(other.url)].map(async (each) => {
        for (let last = 0; !state.over; await sleep(5)) {
          const note = await each.checkpoint();
          if (note === undefined) continue;
          kept.add(note);
          // What one replica has served, the other never goes back behind.
          expect(sizeOf(note)).toBeGreaterThanOrEqual(last);
          last = sizeOf(note);
        }
      }),
    );
    const writer = async (n: number): Promise<void> => {
      for (let round = 0; round < 15; round += 1) {
        const some = newLeaves(1 + ((n * 7 + round * 3) % 40));
        leaves.push(...some);
        await tables.pgTransaction(async (transaction) => {
          await addLeaves(transaction, some);
          await transaction.query('SELECT pg_sleep($1)', [((n * 37 + round * 11) % 30) / 100]);
        });
      }
    };
    await Promise.all([0, 1, 2, 3].map(writer));
    await eventually(async () => (await signedSize()) > 0);
    await held.query('COMMIT');
    held.release();
    await untilSigned();
    state.over = true;
    await observing;
    await expectAllOnce();
    expect(kept.size).toBeGreaterThan(10);
    const archive = await client.archive();
    expect([...kept].filter((note) => !archive.includes(note))).toEqual([]);
    await expectOneHistory(archive);
    const { rows } = await tables.pool.query(
      `SELECT count(*)::int AS leaves, max(log_index)::int + 1 AS size, max(seq)::int + 1 AS seqs FROM log_entries`,
    );
    expect(rows).toEqual([{ leaves: leaves.length, size: leaves.length, seqs: leaves.length }]);
  });

  it('bear one signature each, though two replicas ask for it', async () => {
    const notes = await client.archive();
    expect(new Set(notes.map(sizeOf)).size).toBe(notes.length);
    for (const note of notes) expect(parseNote(note).signatures).toHaveLength(1);
  });

  it('take a leaf that is there already for the same one', async () => {
    const [again = ''] = leaves;
    const hash = leafHash(again).toString('hex');
    const before = (await registry.get(`/log/proof/${hash}`).expect(200)).body as { leaf_index: number };
    await addLeaves(tables.pool, [again]);
    await add(1);
    await untilSigned();
    await expectAllOnce();
    const after = (await registry.get(`/log/proof/${hash}`).expect(200)).body as { leaf_index: number };
    expect(after.leaf_index).toBe(before.leaf_index);
  });
});

describe('while identity is away', () => {
  it.each(['down', 'hang'] as const)(
    '(%s) the log goes on, unsigned and unseen, and is caught up with',
    async (mode) => {
      const before = await client.checkpoint();
      registry.identity.mode = mode;
      await add(5);
      await eventually(async () => (await tables.pool.query('SELECT FROM log_pending')).rowCount === 0);
      await add(5);
      await eventually(async () => {
        const { rows } = await tables.pool.query<{ size: string }>('SELECT tiled_size AS size FROM log_state');
        return Number(rows[0]?.size) === leaves.length;
      });
      await eventually(async () => (await readiness()).status === 'degraded');
      expect(await readiness()).toMatchObject({ status: 'degraded', checks: { log: 'failing', database: 'ok' } });
      expect(await client.checkpoint()).toBe(before);
      // The gauges are set at the sequencer's next turn.
      await eventually(async () => {
        const { text } = await registry.get('/metrics');
        expect(text).toContain(`log_tree_size ${leaves.length}\n`);
        expect(text).toContain(`log_signed_size ${leaves.length - 10}\n`);
      });
      registry.identity.mode = 'up';
      await untilSigned();
      await eventually(async () => (await readiness()).checks['log'] === 'ok');
      await expectOneHistory(await client.archive());
    },
  );

  async function readiness(): Promise<{ status: string; checks: Record<string, string> }> {
    const { status, body } = await registry.get('/readyz');
    expect(status).toBe(200);
    return body as { status: string; checks: Record<string, string> };
  }
});

describe('a key of the log that is replaced', () => {
  it('keeps its checkpoints, and the list says from where on each key signs', async () => {
    await add(1);
    await untilSigned();
    const old = await client.archive();
    const [first] = await client.keys();
    const { keyId } = registry.identity.rotate('service:log');
    expect(keyId).toBe(`${publicUrl}/log#ed25519-key-2`);
    await add(1);
    await untilSigned();
    const { body } = await registry.get('/log/vkeys').expect(200);
    expect(body).toMatchObject({
      vkeys: [
        { key_id: `${publicUrl}/log#ed25519-key`, status: 'retired' },
        { key_id: keyId, status: 'primary', from_size: leaves.length },
      ],
    });
    const [again, second] = await client.keys();
    expect(again).toEqual(first);
    const newest = (await client.checkpoint()) ?? '';
    if (first === undefined || second === undefined) throw new Error('a key is missing');
    for (const note of old) expect(openCheckpoint(note, [first]).size).toBeGreaterThan(0);
    expect(openCheckpoint(newest, [second]).size).toBe(leaves.length);
    expect(() => openCheckpoint(newest, [first])).toThrow('No known key');
    await expectOneHistory(await client.archive());
  });
});

it('metrics tell how far the log is', async () => {
  await eventually(async () => {
    const { text } = await registry.get('/metrics');
    expect(text).toContain(`log_tree_size ${leaves.length}\n`);
    expect(text).toContain(`log_signed_size ${leaves.length}\n`);
    expect(text).toContain('log_pending_leaves 0\n');
    expect(Number(/^log_checkpoint_age_seconds (\S+)$/m.exec(text)?.[1])).toBeLessThan(60);
  });
});
