import { expect, it } from '@jest/globals';
import { sleep } from '@artdag/service-kit';
import type { Delivery } from './transport.ts';
import { eventually, gate } from './testing/eventually.testing.ts';
import { ids, messages, routingKey, type Stage } from './testing/stage.testing.ts';

/** Every service gets every message, once when all goes well. */
export function deliveryContract(stage: Stage): void {
  const { listen, listenBoth } = stage;

  it('confirms, and delivers each message once to each service, unchanged', async () => {
    const got = await listenBoth();
    stage
      .outbox()
      .send([{ id: 'evt_x', routingKey, body: Buffer.from('{"ü":1}'), correlationId: 'req_1' }, ...messages(300)]);
    await eventually('confirmed', () => stage.outbox().confirmed.size === 301);
    await eventually('delivered', () => got.alpha.length >= 301 && got.beta.length >= 301);
    await sleep(100);
    expect(ids(got.alpha)).toEqual(['evt_x', ...ids(messages(300))].sort());
    expect(ids(got.beta)).toEqual(ids(got.alpha));
    const { body, ...rest } = got.alpha.find(({ id }) => id === 'evt_x') ?? { body: Buffer.alloc(0) };
    expect(body.toString()).toBe('{"ü":1}');
    expect(rest).toEqual({ id: 'evt_x', routingKey, correlationId: 'req_1', attempt: 0 });
  });

  it('confirms an event that nobody consumes', async () => {
    stage.outbox().send(messages(3, 'auth.unheard-of'));
    await eventually('confirmed', () => stage.outbox().confirmed.size === 3);
  });

  it('shares the messages of a service out between its consumers', async () => {
    const got: Delivery[][] = [[], []];
    for (const mine of got) await listen('alpha', (delivery) => sleep(2).then(() => mine.push(delivery)), 2);
    await listen('beta', () => undefined);
    stage.outbox().send(messages(100));
    await eventually('all delivered', () => got.flat().length >= 100);
    await sleep(50);
    expect(ids(got.flat())).toEqual(ids(messages(100)));
    expect(Math.min(...got.map((mine) => mine.length))).toBeGreaterThan(10);
  });

  it('handles no more at once than it was asked to', async () => {
    let now = 0;
    let most = 0;
    let handled = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++now);
      await sleep(5);
      now -= 1;
      handled += 1;
    };
    await listen('alpha', work, 3);
    await listen('beta', () => undefined);
    stage.outbox().send(messages(30));
    await eventually('all handled', () => handled === 30);
    expect(most).toBe(3);
  });

  it('keeps what is published before a service was ever there', async () => {
    const early: string[] = [];
    const late: string[] = [];
    await listen('alpha', ({ id }) => early.push(id));
    stage.outbox().send(messages(5));
    await eventually('delivered to the one that is there', () => early.length === 5);
    await sleep(100);
    await listen('beta', ({ id }) => late.push(id));
    await eventually('delivered to the other', () => late.length === 5);
    await eventually('confirmed', () => stage.outbox().confirmed.size === 5);
    expect(early.sort()).toEqual(late.sort());
  });

  it('drains: takes no more, finishes and acknowledges what it has in hand', async () => {
    const hold = gate();
    const started: string[] = [];
    const finished: string[] = [];
    const first = await listen('alpha', async ({ id }) => {
      started.push(id);
      await hold.opened;
      finished.push(id);
    });
    await listen('beta', () => undefined);
    stage.outbox().send(messages(20));
    await eventually('in hand', () => started.length === 4);
    const closed = first.close();
    await sleep(100);
    expect(finished).toEqual([]);
    hold.open();
    await closed;
    expect(finished.sort()).toEqual(started.sort());
    expect(started).toHaveLength(4);

    const second: string[] = [];
    await listen('alpha', ({ id }) => second.push(id));
    await eventually('the rest', () => second.length === 16);
    await sleep(50);
    expect([...second, ...finished].sort()).toEqual(ids(messages(20)));
    await eventually('confirmed', () => stage.outbox().confirmed.size === 20);
  });

  it('answers ping, and after closing refuses everything, politely', async () => {
    const transport = stage.installation().transport();
    await listenBoth();
    await eventually('ping', () =>
      transport.ping().then(
        () => true,
        () => false,
      ),
    );
    await transport.close();
    await expect(transport.ping()).rejects.toThrow(/closed/);
    expect((await transport.publish(messages(2))).failed).toEqual(new Set(['evt_0', 'evt_1']));
    await expect(listen('alpha', () => undefined)).rejects.toThrow(/closed/);
  });
}
