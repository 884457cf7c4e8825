import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/auth';
import { createMemoryStore, type KeyValueStore } from '@artdag/key-value';
import { executeWithPg, executeWithPrisma } from '@artdag/messaging';
import { denyKey, readyKey } from '@artdag/revocation';
import { createTestDatabase, eventually, quietLogger, type TestDatabase } from '@artdag/testing';
import { denial, startReplica, type Replica, refusedByStore } from './replica.testing.ts';
import { writeDenials } from './write-denials.ts';

const logger = quietLogger();
let database: TestDatabase;
let store: KeyValueStore;
let replica: Replica;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());
beforeEach(() => {
  store = createMemoryStore();
  replica = startReplica({ database: open(), store, logger });
});
afterEach(async () => {
  await replica.stop();
  await store.close();
});

function open() {
  return openDatabase({ databaseUrl: database.url, max: 4 });
}

async function rows(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await replica.database.pool.query<Record<string, unknown>>(sql, values)).rows;
}

const lease = async () => await store.get(readyKey);
const leased = async () => (await lease()) !== null;

describe('writing a denial', () => {
  it('keeps the longer life, takes the newer reason, and is unconfirmed again', async () => {
    await replica.revoke('tok_longer');
    const confirmed = `SELECT confirmed_on FROM revoked_tokens WHERE jti = 'tok_longer' AND confirmed_on IS NOT NULL`;
    await eventually(async () => expect(await rows(confirmed)).toHaveLength(1));
    const pushes = async (expiresAt: Date, reason: string) => {
      await replica.keeper.stop();
      const write = { ...denial('tok_longer'), reason, expiresAt, tokenHash: 'hash', username: 'giles' };
      await replica.database.pgTransaction((client) => writeDenials(executeWithPg(client), [write]));
      return (await rows(`SELECT reason, expires_at, confirmed_on FROM revoked_tokens WHERE jti = 'tok_longer'`))[0];
    };
    const before = (await rows(`SELECT expires_at FROM revoked_tokens WHERE jti = 'tok_longer'`))[0];
    const shorter = await pushes(new Date(Date.now() + 1000), 'later');
    expect(shorter).toEqual({ reason: 'later', expires_at: before?.['expires_at'], confirmed_on: null });
    const longer = new Date(Date.now() + 9_000_000);
    expect((await pushes(longer, 'again'))?.['expires_at']).toEqual(longer);
  });

  it('takes the longest of several for one id, works through Prisma as well, and nothing is nothing', async () => {
    const short = { ...denial('tok_prisma'), expiresAt: new Date(Date.now() + 1000) };
    const long = { ...denial('tok_prisma'), actorId: 'user:1' };
    await replica.database.transaction((tx) => writeDenials(executeWithPrisma(tx), [long, short, denial('tok_other')]));
    await replica.database.pgTransaction((client) => writeDenials(executeWithPg(client), []));
    const [row] = await rows(`SELECT expires_at, actor_id FROM revoked_tokens WHERE jti = 'tok_prisma'`);
    expect(row).toEqual({ expires_at: long.expiresAt, actor_id: 'user:1' });
  });
});

describe('the lease', () => {
  it('stands within a second of the start, names the server, and ends with the keeper', async () => {
    await eventually(async () => expect(await lease()).toBe((await store.clock()).serverId));
    await replica.keeper.stop();
    await new Promise((resolve) => setTimeout(resolve, 3050));
    expect(await lease()).toBeNull();
  });

  it('covers what is committed without anybody enforcing it, by looking', async () => {
    await eventually(leased);
    await replica.database.pgTransaction((client) => writeDenials(executeWithPg(client), [denial('tok_silent')]));
    await eventually(async () => expect(await store.get(denyKey('tok_silent'))).toBe('test'));
    await refusedByStore(replica.reader, 'tok_silent');
  });

  it('is not given before thousands are loaded', async () => {
    await replica.database.pool.query(`INSERT INTO revoked_tokens (jti, reason, expires_at)
      SELECT 'tok_many_' || n, 'test', now() + interval '1 hour' FROM generate_series(1, 3500) n`);
    const fresh = createMemoryStore();
    let early = 0;
    const watched: KeyValueStore = {
      ...fresh,
      async setWhile(guard, entry) {
        const { values } = await fresh.read([1, 1777, 3500].map((n) => denyKey(`tok_many_${n}`)));
        if (values.includes(null)) early += 1;
        return await fresh.setWhile(guard, entry);
      },
    };
    const other = startReplica({ database: open(), store: watched, logger });
    await eventually(async () => (await fresh.get(readyKey)) !== null);
    expect(early).toBe(0);
    await other.stop();
    await fresh.close();
  });

  it('is withheld while a denial cannot be pushed, and counted', async () => {
    let broken = true;
    const fresh = createMemoryStore();
    const writes: KeyValueStore['write'] = (entries) =>
      broken && entries.some(({ key }) => key === denyKey('tok_stuck'))
        ? Promise.reject(new Error('full'))
        : fresh.write(entries);
    const other = startReplica({ database: open(), store: { ...fresh, write: writes }, logger, keeps: false });
    await other.database.pgTransaction((client) => writeDenials(executeWithPg(client), [denial('tok_stuck')]));
    other.keeper.start();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await fresh.get(readyKey)).toBeNull();
    broken = false;
    await eventually(async () => (await fresh.get(readyKey)) !== null);
    expect(await other.metrics.registry.metrics()).toMatch(/revocation_lease_renewals_total\{result="failed"\} [1-9]/);
    await other.stop();
    await fresh.close();
  });
});

describe('enforce', () => {
  it('resolves once the store holds it, in milliseconds', async () => {
    await eventually(leased);
    const took: number[] = [];
    let byStore = 0;
    for (let i = 0; i < 50; i += 1) {
      took.push(await replica.revoke(`tok_fast_${i}`));
      const revoked = await replica.reader.check([`tok_fast_${i}`]);
      expect(revoked).toMatchObject({ id: `tok_fast_${i}` });
      if (revoked?.by === 'store') byStore += 1;
    }
    // All of them, but for those that were asked for when the machine had stood still for longer than a lease lasts.
    expect(byStore).toBeGreaterThan(40);
    took.sort((a, b) => a - b);
    process.stdout.write(
      `enforce, in-process store: median ${took[25]?.toFixed(2)} ms, worst ${took[49]?.toFixed(2)} ms\n`,
    );
    await expect(replica.revocations.check(['tok_fast_0'])).resolves.toMatchObject({ by: 'memory' });
  });

  it('has nothing to wait for when there is nothing', async () => {
    await replica.revoker.enforce([]);
    await replica.revoker.enforce(['tok_of_nobody']);
    await expect(replica.revocations.check(['tok_of_nobody'])).resolves.toBeUndefined();
  });

  it('lets the lease run out when the store does not confirm, and answers within seconds', async () => {
    await eventually(leased);
    const refusing = { ...store, write: () => Promise.reject(new Error('refused')) };
    const cutOff = startReplica({ database: open(), store: refusing, logger, keeps: false });
    await replica.keeper.stop();
    const tookMs = await cutOff.revoke('tok_cut_off');
    process.stdout.write(`enforce without a store: ${tookMs.toFixed(0)} ms\n`);
    expect(tookMs).toBeGreaterThan(3000);
    expect(tookMs).toBeLessThan(15_000);
    await expect(replica.reader.check(['tok_cut_off'])).resolves.toMatchObject({ by: 'auth' });
    await cutOff.stop();
  });

  it('is content when another replica’s keeper has pushed it', async () => {
    await eventually(leased);
    const refusing = { ...store, write: () => Promise.reject(new Error('refused')) };
    const cutOff = startReplica({ database: open(), store: refusing, logger, keeps: false });
    // Sooner than a lease runs out, unless the machine stood still: then once more.
    let tookMs = Infinity;
    for (let tries = 0; tookMs >= 2900 && tries < 3; tries += 1) tookMs = await cutOff.revoke(`tok_by_peer_${tries}`);
    process.stdout.write(`enforce by another replica: ${tookMs.toFixed(0)} ms\n`);
    expect(tookMs).toBeLessThan(2900);
    await refusedByStore(replica.reader, 'tok_by_peer_0');
    await cutOff.stop();
  });
});

describe('lifting', () => {
  it('lets an actor in again at once, however often, and denies what it had', async () => {
    await eventually(leased);
    for (let i = 0; i < 3; i += 1) {
      await replica.revoke('user:1', `ses_of_1_${i}`);
      await expect(replica.reader.check(['user:1'])).resolves.toMatchObject({ id: 'user:1', reason: 'test' });
      await replica.lift('user:1');
      await expect(replica.reader.check(['user:1'])).resolves.toBeUndefined();
      await expect(replica.reader.check([`ses_of_1_${i}`, 'user:1'])).resolves.toMatchObject({ id: `ses_of_1_${i}` });
    }
    await expect(replica.deniedAmong(['user:1'])).resolves.toEqual({});
  });

  it('does not take away a denial that came after it', async () => {
    await eventually(leased);
    await replica.revoke('user:2');
    const held: (() => void)[] = [];
    const slow: KeyValueStore = {
      ...store,
      async replace(...args) {
        await new Promise<void>((resolve) => held.push(resolve));
        return await store.replace(...args);
      },
    };
    await replica.keeper.stop();
    const lifting = startReplica({ database: open(), store: slow, logger });
    void lifting.lift('user:2');
    await eventually(() => held.length > 0);
    await lifting.revoke('user:2');
    for (const go of held) go();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expect(store.get(denyKey('user:2'))).resolves.toMatch(/^test \d+$/);
    await expect(lifting.reader.check(['user:2'])).resolves.toBeDefined();
    await lifting.stop();
  });
});

describe('commits that overtake', () => {
  it('are seen by the next look, and the lease of the one before ends in time', async () => {
    await eventually(leased);
    const client = await replica.database.pool.connect();
    await client.query('BEGIN');
    await writeDenials(executeWithPg(client), [denial('tok_late_commit')]);
    for (let i = 0; i < 3; i += 1) await replica.revoke(`tok_overtaking_${i}`);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await client.query('COMMIT');
    client.release();
    await replica.revoker.enforce(['tok_late_commit']);
    await refusedByStore(replica.reader, 'tok_late_commit');
  });
});
