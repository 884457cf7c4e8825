import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { userRegistered } from '@artdag/events';
import { sleep } from '@artdag/service-kit';
import { removeRabbitTopology } from './rabbit/remove.ts';
import { createRabbitTransport } from './rabbit/transport.ts';
import { namesFor } from './rabbit/names.ts';
import type { Transport } from './transport.ts';
import { freshPrefix, onBroker, startBrokerProxy } from './testing/broker.testing.ts';
import { testUrls } from './testing/config.testing.ts';
import { eventually, quietLogger } from './testing/eventually.testing.ts';
import type { TcpProxy } from './testing/tcp-proxy.testing.ts';

const { type, routingKey } = userRegistered;
const layout = { retryDelaysMs: [50], topology: [{ queue: `alpha.${type}`, routingKey }] };
const openSockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
const message = (id: string) => ({ id, routingKey, body: Buffer.from('{}') });

describe('RabbitMQ transport when things go wrong', () => {
  let proxy: TcpProxy;
  let url: string;
  let prefix: string;
  let transports: Transport[];

  beforeEach(async () => {
    ({ proxy, url } = await startBrokerProxy());
    prefix = freshPrefix();
    transports = [];
  });
  afterEach(async () => {
    proxy.restore();
    await Promise.all(transports.map((transport) => transport.close()));
    await proxy.close();
    await removeRabbitTopology({ url: testUrls.rabbitmq, prefix, ...layout });
  });

  /** A busy machine that misses heartbeats of a second would break connections that a test relies on. */
  const open = (query = '?heartbeat=30'): Transport => {
    const transport = createRabbitTransport({
      url: `${url}${query}`,
      prefix,
      logger: quietLogger(),
      ...layout,
    });
    transports.push(transport);
    return transport;
  };
  const listen = async (transport: Transport, got: string[]) =>
    transport.subscribe({
      service: 'alpha',
      type,
      routingKey,
      onMessage: async ({ id }) => {
        got.push(id);
      },
    });
  const isUp = (transport: Transport) => async (): Promise<boolean> =>
    transport.ping().then(
      () => true,
      () => false,
    );
  /** Publishes until confirmed; answers after how many tries. */
  const publish = async (transport: Transport, id: string): Promise<number> => {
    for (let tries = 1; ; tries += 1) {
      if ((await transport.publish([message(id)])).failed.size === 0) return tries;
      await sleep(50);
    }
  };

  it('starts without a broker, says so, and works once there is one', async () => {
    proxy.cut();
    const transport = open();
    const got: string[] = [];
    const began = performance.now();
    await listen(transport, got);
    expect((await transport.publish([message('evt_1')])).failed).toEqual(new Set(['evt_1']));
    await expect(transport.ping()).rejects.toThrow(/^RabbitMQ: /);
    await expect(transport.deadLetters.list(`alpha.${type}`, 1)).rejects.toThrow(/not connected/);
    expect(performance.now() - began).toBeLessThan(15_000);
    proxy.restore();
    await eventually('up', isUp(transport));
    await publish(transport, 'evt_1');
    await eventually('delivered', () => got.length === 1);
  });

  it('answers quickly when the connection breaks while publishing, and comes back', async () => {
    const transport = open();
    const got: string[] = [];
    await listen(transport, got);
    await eventually('up', isUp(transport));
    const messages = Array.from({ length: 500 }, (_, n) => message(`evt_${n}`));
    const publishing = transport.publish(messages);
    proxy.cut();
    const began = performance.now();
    const { failed } = await publishing;
    expect(failed.size).toBeGreaterThan(0);
    expect((await transport.publish(messages)).failed.size).toBe(500);
    expect(performance.now() - began).toBeLessThan(15_000);
    await expect(transport.ping()).rejects.toThrow();
    proxy.restore();
    await eventually('up', isUp(transport));
    expect((await transport.publish(messages)).failed.size).toBe(0);
    await eventually('all delivered', () => new Set(got).size === 500);
  });

  it('notices a broker that fell silent by its missing heartbeats, and comes back', async () => {
    const transport = open('?heartbeat=1');
    const got: string[] = [];
    await listen(transport, got);
    await eventually('up', isUp(transport));
    proxy.freeze();
    await eventually('noticed', async () => !(await isUp(transport)()));
    await eventually('dropped', () =>
      transport
        .ping()
        .then(String, String)
        .then((why) => !why.includes('no answer')),
    );
    proxy.cut();
    proxy.restore();
    await eventually('up', isUp(transport));
    await publish(transport, 'evt_1');
    await eventually('delivered', () => got.includes('evt_1'));
  });

  it('waits neither for confirms nor for goodbyes of a silent broker, and leaves no socket behind', async () => {
    const transport = open();
    const got: string[] = [];
    await listen(transport, got);
    await eventually('up', isUp(transport));
    // Only then both of its connections are there, to be counted.
    await publish(transport, 'evt_0');
    await eventually('delivered', () => got.includes('evt_0'));
    const sockets = openSockets();
    proxy.freeze();
    const began = performance.now();
    expect((await transport.publish([message('evt_1')])).failed.size).toBe(1);
    expect(performance.now() - began).toBeLessThan(20_000);
    await expect(transport.ping()).rejects.toThrow(/no answer/);
    const left = performance.now();
    await transport.close();
    expect(performance.now() - left).toBeLessThan(20_000);
    await eventually('both of its sockets are closed', () => openSockets() <= sockets - 2);
  });

  it('declares anew what somebody deleted, and says of no event that it was delivered meanwhile', async () => {
    const names = namesFor(prefix);
    const transport = open();
    const got: string[] = [];
    await listen(transport, got);
    await eventually('up', isUp(transport));
    await onBroker((channel) => channel.deleteQueue(names.queue(`alpha.${type}`)));
    await publish(transport, 'evt_1');
    await eventually('delivered', () => got.includes('evt_1'));
    await onBroker((channel) => channel.deleteExchange(names.events));
    expect(await publish(transport, 'evt_2')).toBeGreaterThan(1);
    await eventually('delivered', () => got.includes('evt_2'));
  });

  it('parks what the broker gave up on, since its consumer died with it time and again', async () => {
    const names = namesFor(prefix);
    const transport = open();
    await eventually('up', isUp(transport));
    await publish(transport, 'evt_1');
    let deaths = 0;
    await onBroker(async (channel) => {
      for (; deaths < 100; deaths += 1) {
        const taken = await channel.get(names.queue(`alpha.${type}`));
        if (taken === false) return;
        channel.nack(taken);
      }
    });
    expect(deaths).toBeGreaterThanOrEqual(20);
    expect(deaths).toBeLessThan(30);
    const list = () => transport.deadLetters.list(`alpha.${type}`, 10);
    await eventually('parked', async () => (await list()).length === 1);
    expect(await list()).toMatchObject([{ id: 'evt_1', routingKey, reason: null, failedAt: null, attempts: 0 }]);
    const got: string[] = [];
    await listen(transport, got);
    expect(await transport.deadLetters.replay(`alpha.${type}`, 10)).toBe(1);
    await eventually('replayed', () => got.length === 1);
  });

  it('says at once that a URL is none', () => {
    expect(() => createRabbitTransport({ url: 'not a url', logger: quietLogger() })).toThrow(/URL/);
  });
});
