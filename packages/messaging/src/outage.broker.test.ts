import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { userRegistered } from '@artdag/events';
import { sleep } from '@artdag/service-kit';
import { createConsumer } from './consumer.ts';
import { appendEvent } from './outbox.ts';
import { removeRabbitTopology } from './rabbit/remove.ts';
import { createRabbitTransport } from './rabbit/transport.ts';
import { createRelay } from './relay.ts';
import { freshPrefix, startBrokerProxy } from './testing/broker.testing.ts';
import { testUrls } from './testing/config.testing.ts';
import { createOpsDatabase, type OpsDatabase } from './testing/database.testing.ts';
import { eventually, quietLogger } from './testing/eventually.testing.ts';
import { eventIds, registration } from './testing/registrations.testing.ts';
import type { TcpProxy } from './testing/tcp-proxy.testing.ts';

const { type, routingKey } = userRegistered;
const layout = { retryDelaysMs: [50, 100, 200, 400, 800], topology: [{ queue: `alpha.${type}`, routingKey }] };

describe('from outbox to effect over RabbitMQ', () => {
  let database: OpsDatabase;
  let proxy: TcpProxy;
  let url: string;
  const prefix = freshPrefix();
  const stops: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    database = await createOpsDatabase();
    ({ proxy, url } = await startBrokerProxy('?heartbeat=1'));
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await proxy.close();
    await database.drop();
    await removeRabbitTopology({ url: testUrls.rabbitmq, prefix, ...layout });
  });

  /** A replica that relays and consumes; now and then its handler fails. */
  const startReplica = async (handled: string[]): Promise<ReturnType<typeof createRelay>> => {
    const logger = quietLogger();
    const transport = createRabbitTransport({ url, prefix, logger, ...layout });
    const relay = createRelay({ execute: database.execute, transport, logger, pollMs: 100, leaseMs: 1_000 });
    const consumer = createConsumer({
      transport,
      service: 'alpha',
      event: userRegistered,
      transaction: database.transaction,
      logger,
      handle: async ({ id }, execute) => {
        handled.push(id);
        await execute('INSERT INTO effects VALUES ($1, $2)', ['alpha', id]);
        await sleep(2);
        if (Math.random() < 0.02) throw new Error('flaky');
      },
    });
    await consumer.start();
    relay.start();
    stops.push(async () => {
      await relay.stop();
      await consumer.stop();
      await transport.close();
    });
    return relay;
  };

  it('loses nothing and does nothing twice while the broker is cut off, falls silent, and connections break', async () => {
    const handled: string[] = [];
    const relays = [await startReplica(handled), await startReplica(handled)];
    const ids = eventIds(1_200);
    const outages = (async () => {
      await sleep(500);
      proxy.cut();
      await sleep(4_000);
      proxy.restore();
      await sleep(1_000);
      proxy.freeze();
      await sleep(3_500);
      proxy.restore();
      for (let n = 0; n < 4; n += 1) {
        await sleep(300);
        proxy.cut();
        proxy.restore();
      }
    })();
    for (const [n, id] of ids.entries()) {
      await database.transaction((execute) => appendEvent(execute, registration(id)));
      relays[n % 2]?.wake();
      await sleep(8);
    }
    await outages;
    const count = async (sql: string): Promise<number> => Number((await database.rows(sql))[0]?.['n']);
    await eventually(
      'published',
      async () => (await count('SELECT count(*) n FROM outbox WHERE published_at IS NULL')) === 0,
    );
    await eventually('all effects', async () => (await count('SELECT count(*) n FROM effects')) === ids.length, 20_000);
    expect(new Set(handled).size).toBe(ids.length);
  });
});
