import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { userRegistered } from '@artdag/events';
import { sleep } from '@artdag/service-kit';
import { createConsumer, type Consumer, type ConsumerOptions } from './consumer.ts';
import type { Execute } from './execute.ts';
import { createInProcessTransport } from './in-process/transport.ts';
import { appendEvent } from './outbox.ts';
import { createRelay } from './relay.ts';
import { RetryLater, type Subscription, type Transport } from './transport.ts';
import { createOpsDatabase, type OpsDatabase } from './testing/database.testing.ts';
import { eventually, gate, quietLogger } from './testing/eventually.testing.ts';
import { recordingTransport } from './testing/recording-transport.testing.ts';
import { eventIds, registration } from './testing/registrations.testing.ts';

type Options = ConsumerOptions<typeof userRegistered>;
type Handle = (envelope: Parameters<Options['handle']>[0], execute: Execute) => Promise<void>;

describe('consumer', () => {
  let database: OpsDatabase;

  beforeEach(async () => {
    database = await createOpsDatabase();
  });
  afterEach(() => database.drop());

  const logger = quietLogger();
  const note: Handle = async ({ id }, execute) => {
    await execute('INSERT INTO effects VALUES ($1, $2)', ['identity.user-registered', id]);
  };
  const consumer = (transport: Transport, handle: Handle = note) =>
    createConsumer({
      transport,
      service: 'identity',
      event: userRegistered,
      transaction: database.transaction,
      handle,
      logger,
    });
  const effects = async (): Promise<unknown[]> =>
    (await database.rows('SELECT event_id FROM effects ORDER BY event_id')).map((row) => row['event_id']);
  /** The handler that the consumer subscribes, to be called as a transport would. */
  const handlerOf = (handle?: Handle): Promise<Subscription> =>
    subscriptionOf((transport) => consumer(transport, handle));
  const subscriptionOf = async (make: (transport: Transport) => Consumer): Promise<Subscription> => {
    let subscription: Subscription | undefined;
    const { transport } = recordingTransport();
    const spying: Transport = {
      ...transport,
      subscribe: (given) => {
        subscription = given;
        return transport.subscribe(given);
      },
    };
    await make(spying).start();
    if (subscription === undefined) throw new Error('not subscribed');
    return subscription;
  };
  const delivery = (id: string) => ({
    id,
    routingKey: userRegistered.routingKey,
    body: Buffer.from(JSON.stringify(registration(id))),
    attempt: 0,
  });

  it('subscribes to <service>.<type> and marks by that name', async () => {
    const subscription = await handlerOf();
    expect(subscription).toMatchObject({
      service: 'identity',
      type: 'user-registered',
      routingKey: 'auth.user-registered',
    });
    await subscription.onMessage(delivery('evt_1'));
    expect(await database.rows('SELECT consumer, event_id FROM processed_events')).toEqual([
      { consumer: 'identity.user-registered', event_id: 'evt_1' },
    ]);
  });

  it('takes duplicates that come at the same moment for one', async () => {
    let calls = 0;
    const subscription = await handlerOf(async (envelope, execute) => {
      calls += 1;
      await sleep(50);
      await note(envelope, execute);
    });
    await Promise.all([1, 2, 3].map(() => subscription.onMessage(delivery('evt_1'))));
    expect(calls).toBe(1);
    expect(await effects()).toEqual(['evt_1']);
  });

  it('lets the second of two duplicates do the work when the first fails', async () => {
    const first = gate();
    let calls = 0;
    const subscription = await handlerOf(async (envelope, execute) => {
      if (++calls === 1) {
        await first.opened;
        throw new RetryLater('the actor is not here yet');
      }
      await note(envelope, execute);
    });
    const both = Promise.allSettled([1, 2].map(() => subscription.onMessage(delivery('evt_1'))));
    await sleep(50);
    first.open();
    expect((await both).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await effects()).toEqual(['evt_1']);
  });

  it('leaves neither mark nor effect behind when the handler fails after its writes', async () => {
    const subscription = await handlerOf(async (envelope, execute) => {
      await note(envelope, execute);
      throw new Error('too late');
    });
    await expect(subscription.onMessage(delivery('evt_1'))).rejects.toThrow('too late');
    expect(await effects()).toEqual([]);
    expect(await database.rows('SELECT 1 FROM processed_events')).toEqual([]);
  });

  describe('with a step before the transaction', () => {
    let [open, seen, prepared]: [number, number[], string[]] = [0, [], []];
    beforeEach(() => {
      [open, seen, prepared] = [0, [], []];
    });
    const transaction: Options['transaction'] = (work) =>
      database.transaction(async (execute) => {
        open += 1;
        return await work(execute).finally(() => (open -= 1));
      });
    const preparing = (handle?: (what: string) => Promise<void>): Promise<Subscription> =>
      subscriptionOf((transport) =>
        createConsumer({
          ...{ transport, service: 'identity', event: userRegistered, transaction, logger },
          prepare: async ({ id }) => {
            await sleep(10);
            seen.push(open);
            if (id === 'evt_bad') throw new RetryLater('auth is away');
            return `made for ${id}`;
          },
          handle: async (envelope, execute, what) => {
            prepared.push(what);
            await note(envelope, execute);
            await handle?.(what);
          },
        }),
      );

    it('hands what was made to the handler, and no transaction is open meanwhile', async () => {
      const subscription = await preparing();
      await subscription.onMessage(delivery('evt_1'));
      expect([seen, prepared]).toEqual([[0], ['made for evt_1']]);
      expect(await effects()).toEqual(['evt_1']);
    });

    it('makes nothing for an event that was processed before', async () => {
      const subscription = await preparing();
      await subscription.onMessage(delivery('evt_1'));
      await subscription.onMessage(delivery('evt_1'));
      expect(seen).toHaveLength(1);
    });

    it('takes duplicates that come at the same moment for one', async () => {
      const subscription = await preparing();
      await Promise.all([1, 2, 3].map(() => subscription.onMessage(delivery('evt_1'))));
      expect(prepared).toEqual(['made for evt_1']);
      expect(await effects()).toEqual(['evt_1']);
    });

    it('marks nothing when the step fails, and runs it anew when the handler fails', async () => {
      let failures = 1;
      const subscription = await preparing(async () => {
        if (failures-- > 0) throw new Error('too late');
      });
      await expect(subscription.onMessage(delivery('evt_bad'))).rejects.toThrow('auth is away');
      await expect(subscription.onMessage(delivery('evt_1'))).rejects.toThrow('too late');
      expect(await database.rows('SELECT 1 FROM processed_events')).toEqual([]);
      await subscription.onMessage(delivery('evt_1'));
      expect([seen.length, await effects()]).toEqual([3, ['evt_1']]);
    });
  });

  it('in one process, takes every event from the outbox to its effect once, over failures and crashes', async () => {
    const ids = eventIds(300);
    let failures = 0;
    const open = (): { transport: Transport; relay: ReturnType<typeof createRelay> } => {
      const topology = [{ queue: 'identity.user-registered', routingKey: userRegistered.routingKey }];
      const transport = createInProcessTransport({ logger, topology, retryDelaysMs: [20, 50, 100, 200] });
      return {
        transport,
        relay: createRelay({ execute: database.execute, transport, logger, pollMs: 20, leaseMs: 200 }),
      };
    };
    const flaky: Handle = async (envelope, execute) => {
      await note(envelope, execute);
      if (Math.random() < 0.3 && ++failures < 200) throw new Error('flaky');
    };
    let process = open();
    await consumer(process.transport, flaky).start();
    process.relay.start();
    for (const [n, id] of ids.entries()) {
      await database.transaction((execute) => appendEvent(execute, registration(id)));
      process.relay.wake();
      if (n % 60 !== 30) continue;
      const abandoned = process; // its handlers still run, its memory is gone
      void abandoned.relay.stop();
      process = open();
      await consumer(process.transport, flaky).start();
      process.relay.start();
    }
    await eventually('all effects', async () => (await effects()).length === ids.length);
    await eventually('all published', async () => {
      return (await database.rows('SELECT 1 FROM outbox WHERE published_at IS NULL')).length === 0;
    });
    expect(await effects()).toEqual(ids);
    expect(failures).toBeGreaterThan(20);
    await process.relay.stop();
    await process.transport.close();
  });
});
