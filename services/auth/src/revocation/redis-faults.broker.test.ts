import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/auth';
import { readyKey, type RevocationReader } from '@artdag/revocation';
import {
  createTestDatabase,
  eventually,
  quietLogger,
  startTestRedis,
  tcpProxy,
  type TcpProxy,
  type TestDatabase,
  type TestRedis,
} from '@artdag/testing';
import { refusedByStore, startReplica, type Replica } from './replica.testing.ts';

const logger = quietLogger();
let database: TestDatabase;
let redis: TestRedis;
let replicas: Replica[];
let proxies: TcpProxy[];

beforeEach(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  replicas = [];
  proxies = [];
});
afterEach(async () => {
  for (const proxy of proxies) await proxy.close();
  for (const replica of replicas) await replica.stop();
  await redis?.close();
  await database?.drop();
});

function start(o: { url?: string; keeps?: boolean } = {}): Replica {
  const store = { url: o.url ?? redis.url };
  const replica = startReplica({
    database: openDatabase({ databaseUrl: database.url, max: 6 }),
    store,
    logger,
    keeps: o.keeps ?? true,
  });
  replicas.push(replica);
  return replica;
}

async function startThree(): Promise<[Replica, Replica, Replica]> {
  const three: [Replica, Replica, Replica] = [start(), start(), start()];
  await untilLeased(three[0]);
  return three;
}

/** Until the replica's own store is relied upon. */
async function untilLeased(replica: Replica): Promise<void> {
  await eventually(async () => {
    const { values, serverId } = await replica.store.read([readyKey]);
    return values[0] === serverId;
  });
}

interface Accepted {
  id: string;
  afterMs: number;
}

/** Revokes a stream of ids by one replica after the other, and asks all readers about each as soon as `enforce` has resolved, and later. */
function storm(all: readonly Replica[]) {
  const ids: string[] = [];
  const accepted: Accepted[] = [];
  const took: number[] = [];
  const by: Record<string, number> = { store: 0, auth: 0, memory: 0, unavailable: 0 };
  const ending = new AbortController();

  async function ask({ reader }: { reader: RevocationReader }, id: string, since: number): Promise<void> {
    try {
      const revoked = await reader.check([id, 'ses_fine', 'user:fine']);
      if (revoked === undefined) accepted.push({ id, afterMs: performance.now() - since });
      else by[revoked.by] = (by[revoked.by] ?? 0) + 1;
    } catch {
      by['unavailable'] = (by['unavailable'] ?? 0) + 1;
    }
  }

  async function revokeOne(replica: Replica, id: string): Promise<void> {
    took.push(await replica.revoke(id));
    ids.push(id);
    const since = performance.now();
    for (const waitMs of [0, 20, 300]) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await Promise.all(all.map((each) => ask(each, id, since)));
    }
  }

  async function stream(replica: Replica, name: string): Promise<void> {
    for (let i = 0; !ending.signal.aborted; i += 1) await revokeOne(replica, `tok_${name}_${i}`);
  }

  const streams = all.flatMap((replica, r) => ['a', 'b', 'c'].map((s) => stream(replica, `${r}${s}`)));
  /** About everything that was ever revoked, readers that remember nothing of it. */
  async function askAll(): Promise<void> {
    const since = performance.now();
    const readers = all.map((replica) => ({ reader: replica.freshReader() }));
    await Promise.all(readers.flatMap((fresh) => ids.map((id) => ask(fresh, id, since))));
  }

  return {
    askAll,
    async end(what: string) {
      ending.abort();
      await Promise.all(streams);
      await askAll();
      const worst = Math.max(...took);
      process.stdout.write(
        `${what}: ${ids.length} revoked, slowest enforce ${worst.toFixed(0)} ms, refused by ${JSON.stringify(by)}, accepted ${accepted.length}\n`,
      );
      expect(accepted).toEqual([]);
      expect(ids.length).toBeGreaterThan(10);
      expect(worst).toBeLessThan(15_000);
    },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Fresh readers, as nothing of theirs is in memory. */
async function askAfresh(what: string, ids: readonly string[]): Promise<void> {
  const fresh = start({ keeps: false });
  for (const id of ids) {
    const revoked = await fresh.reader.check([id]);
    expect([what, id, revoked?.reason]).toEqual([what, id, 'test']);
  }
}

describe('nothing is accepted once enforce has resolved, when Redis', () => {
  it('does well', async () => {
    const run = storm(await startThree());
    await pause(1500);
    await run.end('well');
  });

  it('is killed, and comes back with nothing', async () => {
    const three = await startThree();
    const run = storm(three);
    await pause(700);
    await redis.kill();
    await pause(1500);
    await redis.restart();
    await pause(300);
    await run.askAll();
    await untilLeased(three[1]);
    await pause(1000);
    await run.end('killed, restarted empty');
    await askAfresh('empty', ['tok_0a_0', 'tok_1b_1', 'tok_2c_2']);
  });

  it('is killed, and comes back from an old snapshot with an old lease', async () => {
    const three = await startThree();
    await three[0].revoke('tok_before_snapshot');
    const snapshot = await redis.snapshot();
    const run = storm(three);
    await pause(700);
    await redis.restart({ snapshot });
    await run.askAll();
    await untilLeased(three[2]);
    await pause(1000);
    await run.end('killed, restarted from an old snapshot');
    await askAfresh('snapshot', ['tok_before_snapshot', 'tok_0a_0', 'tok_1b_1', 'tok_2c_2']);
  });

  it('comes back from an old snapshot while nobody keeps the lease, which is still in it', async () => {
    const [one, gateway] = [start(), start({ keeps: false })];
    await untilLeased(gateway);
    // For longer than a busy machine needs to restart a Redis.
    await gateway.store.set(readyKey, (await gateway.store.clock()).serverId, { ttlMs: 60_000 });
    const snapshot = await redis.snapshot();
    await one.revoke('tok_after_snapshot');
    await one.keeper.stop();
    await redis.restart({ snapshot });
    await eventually(() => gateway.store.ping().then(() => true));
    const { values, serverId } = await gateway.store.read([readyKey]);
    expect([values[0] === null, values[0] === serverId]).toEqual([false, false]);
    await expect(gateway.reader.check(['tok_after_snapshot'])).resolves.toMatchObject({ by: 'auth' });
  });

  it('is flushed, again and again', async () => {
    const three = await startThree();
    const run = storm(three);
    for (let i = 0; i < 12; i += 1) {
      await pause(150 + i * 40);
      await redis.command('FLUSHALL');
      await run.askAll();
    }
    await untilLeased(three[0]);
    await pause(1000);
    await run.end('flushed twelve times');
    await askAfresh('flushed', ['tok_0a_0', 'tok_1b_1', 'tok_2c_2']);
  });

  it('is flushed just before a new replica starts', async () => {
    const one = start();
    await untilLeased(one);
    await one.revoke('tok_old');
    await one.keeper.stop();
    await redis.command('FLUSHALL');
    const fresh = start();
    await untilLeased(fresh);
    await refusedByStore(fresh.reader, 'tok_old');
  });

  it('stops answering', async () => {
    const three = await startThree();
    const run = storm(three);
    await pause(500);
    redis.pause();
    await pause(2500);
    redis.resume();
    await pause(2000);
    await run.end('stopped for 2.5 s');
  });
});

describe('nothing is accepted once enforce has resolved, when one replica', () => {
  it.each(['refuse', 'blackhole'] as const)('is cut off from Redis: %s', async (mode) => {
    const proxy = await tcpProxy({ target: redis.url });
    proxies.push(proxy);
    const three: [Replica, Replica, Replica] = [start({ url: proxy.url }), start(), start()];
    await untilLeased(three[0]);
    const run = storm(three);
    await pause(700);
    await proxy.setMode(mode);
    await pause(3000);
    await proxy.restore();
    await pause(1000);
    await run.end(`one replica cut off (${mode})`);
  });

  it('alone keeps the lease, and is cut off from Redis: the readers’ lease ends by itself', async () => {
    const proxy = await tcpProxy({ target: redis.url });
    proxies.push(proxy);
    const keeper = start({ url: proxy.url });
    const gateway = start({ keeps: false });
    await untilLeased(gateway);
    await proxy.cut();
    const tookMs = await keeper.revoke('tok_unpushed');
    await expect(gateway.reader.check(['tok_unpushed'])).resolves.toMatchObject({ by: 'auth' });
    process.stdout.write(`the only keeper cut off: enforce took ${tookMs.toFixed(0)} ms\n`);
    expect(tookMs).toBeLessThan(15_000);
    await proxy.restore();
    await untilLeased(gateway);
    await refusedByStore(start({ keeps: false }).reader, 'tok_unpushed');
  });
});

describe('what it costs', () => {
  it('prints enforce and check', async () => {
    const [one, two] = await startThree();
    await one.revoke('tok_warm');
    const took: number[] = [];
    for (let i = 0; i < 200; i += 1) took.push(await one.revoke(`tok_cost_${i}`));
    took.sort((a, b) => a - b);
    const start = performance.now();
    await Promise.all(Array.from({ length: 100 }, (_, i) => two.revoke(`tok_at_once_${i}`)));
    const at = performance.now() - start;
    const alone = performance.now();
    for (let i = 0; i < 1000; i += 1) await two.reader.check([`tok_ok_${i}`, 'ses_ok', 'user:ok']);
    const aloneUs = performance.now() - alone;
    const many = performance.now();
    for (let r = 0; r < 100; r += 1) {
      await Promise.all(
        Array.from({ length: 64 }, (_, i) => two.reader.check([`tok_ok_${r}_${i}`, `ses_${i}`, 'user:ok'])),
      );
    }
    const manyUs = ((performance.now() - many) / 6400) * 1000;
    process.stdout.write(
      `enforce: median ${took[100]?.toFixed(2)} ms, p99 ${took[197]?.toFixed(2)} ms; 100 at once ${at.toFixed(0)} ms\n` +
        `check: ${aloneUs.toFixed(0)} µs one after the other, ${manyUs.toFixed(1)} µs with 64 at a time\n`,
    );
    expect(took[100]).toBeLessThan(2500);
  });
});
