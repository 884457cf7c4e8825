import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMetrics, sleep } from '@artdag/service-kit';
import type { Execute } from './execute.ts';
import { appendEvent } from './outbox.ts';
import { createRelay, type Relay, type RelayOptions } from './relay.ts';
import type { PublishResult } from './transport.ts';
import { createOpsDatabase, type OpsDatabase } from './testing/database.testing.ts';
import { eventually, gate, quietLogger } from './testing/eventually.testing.ts';
import { recordingTransport } from './testing/recording-transport.testing.ts';
import { eventIds, registration } from './testing/registrations.testing.ts';

describe('relay', () => {
  let database: OpsDatabase;
  let relays: Relay[];

  beforeEach(async () => {
    database = await createOpsDatabase();
    relays = [];
  });
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
    await database.drop();
  });

  const start = (o: Partial<RelayOptions> & Pick<RelayOptions, 'transport'>): Relay => {
    const relay = createRelay({ execute: database.execute, logger: quietLogger(), pollMs: 50, ...o });
    relays.push(relay);
    relay.start();
    return relay;
  };
  const append = async (ids: string[]): Promise<void> => {
    await database.transaction(async (execute) => {
      for (const id of ids) await appendEvent(execute, registration(id));
    });
  };
  const unpublished = async (): Promise<number> =>
    (await database.rows('SELECT 1 FROM outbox WHERE published_at IS NULL')).length;

  it('publishes what was committed, as it was stored, and nothing that was rolled back', async () => {
    const { transport, batches, ids } = recordingTransport();
    await append(['evt_yes']);
    await expect(
      database.transaction(async (execute) => {
        await appendEvent(execute, registration('evt_no'));
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    start({ transport });
    await eventually('published', async () => (await unpublished()) === 0);
    await sleep(150);
    expect(ids()).toEqual(['evt_yes']);
    const [message] = batches.flat();
    expect(message?.routingKey).toBe('auth.user-registered');
    expect(message?.body.toString()).toBe(JSON.stringify(registration('evt_yes')));
  });

  it('loses nothing when transactions that began earlier commit later', async () => {
    const { transport, ids } = recordingTransport();
    start({ transport });
    const hold = gate();
    const early = database.transaction(async (execute) => {
      await appendEvent(execute, registration('evt_1'));
      await hold.opened;
    });
    await sleep(20);
    await append(['evt_2', 'evt_3']);
    await eventually('the later ones', () => ids().length === 2);
    await sleep(120);
    hold.open();
    await early;
    await eventually('the early one', async () => (await unpublished()) === 0);
    expect(ids()).toEqual(['evt_2', 'evt_3', 'evt_1']);
  });

  it('publishes at once when woken', async () => {
    const { transport, ids } = recordingTransport();
    const relay = start({ transport, pollMs: 60_000 });
    await sleep(100);
    await append(['evt_1']);
    relay.wake();
    await eventually('published', () => ids().length === 1);
  });

  it('takes large batches with few statements under load', async () => {
    let statements = 0;
    const counting: Execute = (sql, params) => {
      if (!sql.includes('min(created_at)') && !sql.includes('DELETE')) statements += 1;
      return database.execute(sql, params);
    };
    const { transport, batches } = recordingTransport();
    await append(eventIds(2_000));
    start({ transport, execute: counting, pollMs: 60_000 });
    await eventually('published', async () => (await unpublished()) === 0);
    expect(batches.map((batch) => batch.length)).toEqual([500, 500, 500, 500]);
    expect(statements).toBeLessThanOrEqual(9);
  });

  it('gathers the commits of a burst into few turns', async () => {
    const { transport, batches, ids } = recordingTransport();
    const relay = start({ transport, pollMs: 60_000 });
    const began = performance.now();
    await Promise.all(
      eventIds(400).map(async (id) => {
        await append([id]);
        relay.wake();
      }),
    );
    await eventually('published', () => ids().length === 400);
    const turns = Math.ceil((performance.now() - began) / 40) + 2;
    expect(batches.length).toBeLessThanOrEqual(turns);
    expect(new Set(ids()).size).toBe(400);
  });

  it('shares the outbox between relays without publishing anything twice', async () => {
    const { transport, ids } = recordingTransport();
    await append(eventIds(1_500));
    for (let n = 0; n < 3; n += 1) start({ transport, batch: 20, leaseMs: 60_000 });
    await eventually('published', async () => (await unpublished()) === 0);
    expect(ids().sort()).toEqual(eventIds(1_500));
  });

  it('publishes again after the lease when a relay dies between publishing and marking', async () => {
    const dying = recordingTransport();
    const dead = gate();
    const execute: Execute = async (sql, params) => {
      if (sql.includes('SET published_at')) await dead.opened; // killed here: nothing of it happens
      return database.execute(sql, params);
    };
    await append(['evt_1']);
    const began = performance.now();
    start({ transport: dying.transport, execute, leaseMs: 400 });
    await eventually('published by the first', () => dying.ids().length === 1);
    const heir = recordingTransport();
    start({ transport: heir.transport });
    await eventually('published by the second', () => heir.ids().length === 1);
    expect(performance.now() - began).toBeGreaterThan(400);
    await eventually('marked', async () => (await unpublished()) === 0);
    dead.open();
  });

  it('keeps what the broker does not confirm, and sends one probe at a time while it is away', async () => {
    let away = true;
    const recording = recordingTransport((messages) => ({ failed: new Set(away ? messages.map(({ id }) => id) : []) }));
    await append(eventIds(50));
    start({ transport: recording.transport });
    await eventually('probes', () => recording.batches.length >= 4);
    expect(recording.batches.slice(0, 4).map((batch) => batch.length)).toEqual([50, 1, 1, 1]);
    expect(await unpublished()).toBe(50);
    away = false;
    await eventually('published', async () => (await unpublished()) === 0);
    expect(new Set(recording.ids()).size).toBe(50);
  });

  it('publishes later what the transport wants later, and does not wait with the rest', async () => {
    const seen: number[] = [];
    let isHeld = true;
    const { transport } = recordingTransport((messages) => {
      const isThere = messages.some(({ id }) => id === 'evt_1');
      if (isThere) seen.push(performance.now());
      return { failed: new Set(), later: isThere && isHeld ? new Map([['evt_1', 200]]) : new Map() };
    });
    await append(['evt_1', 'evt_2']);
    start({ transport, pollMs: 20 });
    await eventually('the other one', async () => (await unpublished()) === 1);
    await eventually('two more tries', () => seen.length > 2);
    isHeld = false;
    await eventually('published', async () => (await unpublished()) === 0);
    const gaps = seen.slice(1).map((at, n) => at - (seen[n] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(190);
  });

  it('goes on when the database was away', async () => {
    let away = true;
    const { transport, ids } = recordingTransport();
    const execute: Execute = async (sql, params) => {
      if (away) throw new Error('terminating connection');
      return database.execute(sql, params);
    };
    await append(['evt_1']);
    start({ transport, execute });
    await sleep(100);
    away = false;
    await eventually('published', () => ids().length === 1);
  });

  it('finishes the batch in hand when it is stopped', async () => {
    const hold = gate();
    const { transport } = recordingTransport();
    let inHand = 0;
    const publish = (batch: readonly unknown[]): Promise<PublishResult> => {
      inHand += batch.length;
      return hold.opened.then(() => ({ failed: new Set<string>() }));
    };
    await append(['evt_1']);
    const relay = start({ transport: { ...transport, publish } });
    await eventually('in hand', () => inHand === 1);
    const stopped = relay.stop();
    hold.open();
    await stopped;
    expect(await unpublished()).toBe(0);
  });

  it('tells the age of the oldest unpublished event', async () => {
    const metrics = createMetrics();
    const { transport } = recordingTransport((messages) => ({ failed: new Set(messages.map(({ id }) => id)) }));
    await append(['evt_1']);
    await database.rows(`UPDATE outbox SET created_at = now() - interval '90 seconds'`);
    const relay = start({ transport, metrics });
    await eventually('measured', () => relay.lagSeconds() > 0);
    const lag = relay.lagSeconds();
    expect(lag).toBeGreaterThanOrEqual(89.5);
    expect(lag).toBeLessThan(150);
    const [, told] = /^outbox_lag_seconds (\S+)/m.exec(await metrics.registry.metrics()) ?? [];
    expect(Number(told)).toBeGreaterThanOrEqual(lag);
    expect(Number(told)).toBeLessThan(150);
  });

  it('deletes events published 7 days ago and marks of 30 days, nothing younger and nothing unpublished', async () => {
    await append(['evt_old', 'evt_young', 'evt_stuck']);
    const age = (id: string, days: number) =>
      database.rows(`UPDATE outbox SET published_at = now() - $2 * interval '1 day' WHERE id = $1`, [id, days]);
    await age('evt_old', 7.01);
    await age('evt_young', 6.99);
    await database.rows(`UPDATE outbox SET created_at = now() - interval '99 days'`);
    await database.rows(
      `INSERT INTO processed_events SELECT 'c', 'old' || n, now() - interval '31 days' FROM generate_series(1, 2500) n
       UNION ALL SELECT 'c', 'young', now() - interval '29 days'`,
    );
    const { transport } = recordingTransport((messages) => ({ failed: new Set(messages.map(({ id }) => id)) }));
    start({ transport });
    const left = async () =>
      (await database.rows('SELECT event_id FROM processed_events')).map((row) => row['event_id']);
    await eventually('purged', async () => (await left()).length === 1);
    expect(await left()).toEqual(['young']);
    expect(await database.rows('SELECT id FROM outbox ORDER BY id')).toEqual([
      { id: 'evt_stuck' },
      { id: 'evt_young' },
    ]);
  });
});
