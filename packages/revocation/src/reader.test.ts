import { describe, expect, it } from '@jest/globals';
import { createMemoryStore, KeyValueError, type KeyValueStore } from '@artdag/key-value';
import { createLogger } from '@artdag/service-kit';
import { Writable } from 'node:stream';
import { denyKey, readyKey } from './keys.ts';
import { createRevocationReader, type RevocationReader } from './reader.ts';
import { RevocationUnavailable } from './unavailable.ts';

const logger = createLogger({
  service: 'test',
  level: 'error',
  stream: new Writable({ write: (_c, _e, done) => done() }),
});

interface World {
  store: KeyValueStore;
  reader: RevocationReader;
  /** Key lists of the MGETs so far. */
  reads: (readonly string[])[];
  /** Id lists of the questions to the truth so far. */
  questions: (readonly string[])[];
  truth: Map<string, string>;
  /** What the store does instead of reading. */
  fault: { now: 'none' | 'refuse' | 'swallow' };
  truthFault: { now: 'none' | 'down' | 'swallow' };
  clock: { nowMs: number };
  lease(value?: string): Promise<void>;
}

function makeWorld(): World {
  const memory = createMemoryStore();
  const world: Omit<World, 'store' | 'reader'> = {
    reads: [],
    questions: [],
    truth: new Map(),
    fault: { now: 'none' },
    truthFault: { now: 'none' },
    clock: { nowMs: 1000 },
    async lease(value) {
      const { serverId } = await memory.clock();
      await memory.set(readyKey, value ?? serverId, { ttlMs: 60_000 });
    },
  };
  const store: KeyValueStore = {
    ...memory,
    read(keys, o) {
      world.reads.push(keys);
      if (world.fault.now === 'refuse') return Promise.reject(new KeyValueError('refused'));
      if (world.fault.now === 'none') return memory.read(keys, o);
      return new Promise((_, reject) => setTimeout(() => reject(new KeyValueError('late')), o?.timeoutMs));
    },
  };
  const reader = createRevocationReader({
    store,
    logger,
    now: () => world.clock.nowMs,
    truthTimeoutMs: 100,
    async askTruth(ids) {
      world.questions.push(ids);
      if (world.truthFault.now === 'down') throw new Error('down');
      if (world.truthFault.now === 'swallow') await new Promise(() => undefined);
      return Object.fromEntries([...world.truth].filter(([id]) => ids.includes(id)));
    },
  });
  return { ...world, store, reader };
}

describe('a store that is loaded', () => {
  it('is believed, both ways, without a question to the truth', async () => {
    const { reader, store, questions, lease } = makeWorld();
    await lease();
    await store.set(denyKey('ses_1'), 'logout');
    await expect(reader.check(['tok_1', 'ses_1', 'user:1'])).resolves.toEqual({
      id: 'ses_1',
      reason: 'logout',
      by: 'store',
    });
    await expect(reader.check(['tok_2', 'ses_2', 'user:1'])).resolves.toBeUndefined();
    await expect(reader.check([])).resolves.toBeUndefined();
    expect(questions).toEqual([]);
  });

  it('is asked once for all look-ups of a turn, with each id once', async () => {
    const { reader, reads, lease } = makeWorld();
    await lease();
    await Promise.all(Array.from({ length: 50 }, (_, i) => reader.check([`tok_${i % 5}`, 'user:1'])));
    expect(reads).toEqual([
      [readyKey, 'deny:tok_0', 'deny:user:1', 'deny:tok_1', 'deny:tok_2', 'deny:tok_3', 'deny:tok_4'],
    ]);
  });

  it('is asked again each time about what was not revoked', async () => {
    const { reader, store, lease } = makeWorld();
    await lease();
    await expect(reader.check(['tok_1'])).resolves.toBeUndefined();
    await store.set(denyKey('tok_1'), 'revoked');
    await expect(reader.check(['tok_1'])).resolves.toMatchObject({ by: 'store' });
  });

  it('is not asked again about what was revoked, for a day; about an actor it is', async () => {
    const { reader, store, reads, lease, clock } = makeWorld();
    await lease();
    await store.set(denyKey('tok_1'), 'revoked');
    await store.set(denyKey('user:1'), 'account.disabled 17');
    await reader.check(['tok_1']);
    await expect(reader.check(['user:1'])).resolves.toEqual({ id: 'user:1', reason: 'account.disabled', by: 'store' });
    const before = reads.length;
    await expect(reader.check(['tok_1', 'ses_9'])).resolves.toEqual({ id: 'tok_1', reason: 'revoked', by: 'memory' });
    expect(reads).toHaveLength(before);
    await store.delete(denyKey('user:1'), denyKey('tok_1'));
    await expect(reader.check(['user:1'])).resolves.toBeUndefined();
    await expect(reader.check(['tok_1'])).resolves.toMatchObject({ by: 'memory' });
    clock.nowMs += 25 * 3600 * 1000;
    // The cache reads its clock once a millisecond.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(reader.check(['tok_1'])).resolves.toBeUndefined();
  });

  it('is not asked about what this process took back itself', async () => {
    const { reader, lease } = makeWorld();
    await lease();
    reader.remember(['ses_1', 'user:1'], 'logout');
    await expect(reader.check(['ses_1'])).resolves.toEqual({ id: 'ses_1', reason: 'logout', by: 'memory' });
    await expect(reader.check(['user:1'])).resolves.toBeUndefined();
  });

  it('takes an emptied entry for none', async () => {
    const { reader, store, lease } = makeWorld();
    await lease();
    await store.set(denyKey('user:1'), '');
    await expect(reader.check(['user:1'])).resolves.toBeUndefined();
  });
});

describe('a store that is not to be relied upon', () => {
  it.each([
    ['without a lease', undefined],
    ['with the lease of another process', 'f'.repeat(40)],
    ['with an empty lease', ''],
  ])('%s is passed over for the truth, whatever it holds', async (_, lease) => {
    const world = makeWorld();
    if (lease !== undefined) await world.lease(lease);
    await world.store.set(denyKey('ses_1'), 'stale');
    world.truth.set('tok_2', 'revoked');
    await expect(world.reader.check(['ses_1'])).resolves.toBeUndefined();
    await expect(world.reader.check(['tok_2'])).resolves.toEqual({ id: 'tok_2', reason: 'revoked', by: 'auth' });
    await world.lease();
    await expect(world.reader.check(['ses_1'])).resolves.toMatchObject({ by: 'store' });
  });

  it.each(['refuse', 'swallow'] as const)(
    '(%s) makes nobody wait but the first, and is used again when it answers',
    async (fault) => {
      const world = makeWorld();
      await world.lease();
      world.truth.set('tok_1', 'revoked');
      world.fault.now = fault;
      await expect(world.reader.check(['tok_1'])).resolves.toMatchObject({ by: 'auth' });
      for (let i = 0; i < 20; i += 1) await expect(world.reader.check(['ses_1'])).resolves.toBeUndefined();
      expect(world.reads).toHaveLength(1);
      world.clock.nowMs += 1000;
      await world.reader.check(['ses_1']);
      expect(world.reads).toHaveLength(2);
      world.fault.now = 'none';
      await new Promise((resolve) => setTimeout(resolve, 250));
      world.clock.nowMs += 1000;
      await world.reader.check(['ses_1']);
      await new Promise((resolve) => setTimeout(resolve, 10));
      const asked = world.questions.length;
      await world.reader.check(['ses_1']);
      expect(world.questions).toHaveLength(asked);
    },
  );

  it('asks the truth for many at a time', async () => {
    const { reader, questions } = makeWorld();
    await Promise.all(Array.from({ length: 2500 }, (_, i) => reader.check([`tok_${i}`])));
    expect(questions.length).toBeLessThanOrEqual(6);
    expect(Math.max(...questions.map((ids) => ids.length))).toBeLessThanOrEqual(500);
    expect(new Set(questions.flat()).size).toBe(2500);
  });

  it.each(['down', 'swallow'] as const)('fails closed when the truth is away too (%s)', async (fault) => {
    const world = makeWorld();
    world.truthFault.now = fault;
    const failed = world.reader.check(['tok_1']);
    await expect(failed).rejects.toThrow(RevocationUnavailable);
    await expect(failed).rejects.toMatchObject({
      status: 503,
      code: 'revocation_unavailable',
      headers: { 'retry-after': '2' },
    });
    world.reader.remember(['tok_1'], 'logout');
    await expect(world.reader.check(['tok_1'])).resolves.toMatchObject({ by: 'memory' });
    world.truthFault.now = 'none';
    await expect(world.reader.check(['tok_2'])).resolves.toBeUndefined();
  });

  it('knows ids that are names of every object', async () => {
    const world = makeWorld();
    for (const id of ['constructor', 'toString', '__proto__'])
      await expect(world.reader.check([id])).resolves.toBeUndefined();
    await world.lease();
    for (const id of ['constructor', 'toString', '__proto__'])
      await expect(world.reader.check([id])).resolves.toBeUndefined();
  });
});
