import { expect, it } from '@jest/globals';
import { userRegistered } from '@artdag/events';
import { sleep } from '@artdag/service-kit';
import { createConsumer } from './consumer.ts';
import { PoisonMessage, type Delivery } from './transport.ts';
import { eventually, gate, quietLogger } from './testing/eventually.testing.ts';
import { memoryMarks } from './testing/marks.testing.ts';
import { registration } from './testing/registrations.testing.ts';
import { ids, messages, routingKey, type, type Stage } from './testing/stage.testing.ts';

/** Retries, dead letters, duplicates, and processes that die. */
export function failureContract(stage: Stage): void {
  const { listen, listenBoth } = stage;

  it('brings a failed message back after each delay, and to the service that failed only', async () => {
    const attempts: { attempt: number; at: number }[] = [];
    const other: Delivery[] = [];
    await listen('alpha', ({ attempt }) => {
      attempts.push({ attempt, at: performance.now() });
      if (attempt < 2) throw new Error('not yet');
    });
    await listen('beta', (delivery) => other.push(delivery));
    stage.outbox().send(messages(1));
    await eventually('third attempt', () => attempts.length === 3);
    await eventually('confirmed', () => stage.outbox().confirmed.size === 1);
    expect(attempts.map(({ attempt }) => attempt)).toEqual([0, 1, 2]);
    const [first, second, third] = attempts.map(({ at }) => at) as [number, number, number];
    expect(second - first).toBeGreaterThanOrEqual(45);
    expect(third - second).toBeGreaterThanOrEqual(95);
    await sleep(100);
    expect(other).toHaveLength(1);
  });

  it('does not let a failing message hold up the others', async () => {
    const done: string[] = [];
    await listen('alpha', ({ id }) => {
      if (id === 'evt_0') throw new Error('broken');
      done.push(id);
    });
    await listen('beta', () => undefined);
    stage.outbox().send(messages(200));
    await eventually('the others', () => done.length === 199);
    expect(new Set(done).size).toBe(199);
  });

  it('does not let a handler that hangs hold up the others', async () => {
    const hang = gate();
    const done: string[] = [];
    await listen('alpha', ({ id }) => (id === 'evt_0' ? hang.opened : done.push(id)));
    await listen('beta', () => undefined);
    stage.outbox().send(messages(200));
    await eventually('the others', () => done.length === 199);
    await eventually('the others are confirmed', () => stage.outbox().confirmed.size >= 199);
    hang.open();
    await eventually('confirmed', () => stage.outbox().confirmed.size === 200);
  });

  it('parks a message after the last retry, lists it and replays it', async () => {
    let broken = true;
    const attempts: number[] = [];
    await listen('alpha', ({ attempt }) => {
      attempts.push(attempt);
      if (broken) throw new Error('the row is missing');
    });
    await listen('beta', () => undefined);
    stage.outbox().send(messages(1));
    const { deadLetters } = stage.installation().transport();
    const list = () => deadLetters.list(`alpha.${type}`, 10);
    await eventually('parked', async () => (await list()).length === 1);
    expect(attempts).toEqual([0, 1, 2, 3]);
    const [letter] = await list(); // still there: listing takes nothing away
    expect(letter).toMatchObject({ id: 'evt_0', routingKey, reason: 'Error: the row is missing', attempts: 4 });
    expect(letter?.body.toString()).toBe('{"n":0}');
    expect(Date.parse(letter?.failedAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(await deadLetters.list(`beta.${type}`, 10)).toEqual([]);

    broken = false;
    expect(await deadLetters.replay(`alpha.${type}`, 10)).toBe(1);
    await eventually('replayed', () => attempts.length === 5);
    expect(attempts.at(-1)).toBe(0);
    await eventually('gone', async () => (await list()).length === 0);
    await eventually('confirmed', () => stage.outbox().confirmed.size === 1);
  });

  it('lists and replays no more than asked', async () => {
    const seen: string[] = [];
    await listen('alpha', ({ id }) => {
      seen.push(id);
      throw new PoisonMessage('no');
    });
    await listen('beta', () => undefined);
    stage.outbox().send(messages(5));
    const { deadLetters } = stage.installation().transport();
    await eventually('parked', async () => (await deadLetters.list(`alpha.${type}`, 10)).length === 5);
    expect(await deadLetters.list(`alpha.${type}`, 2)).toHaveLength(2);
    expect(await deadLetters.replay(`alpha.${type}`, 2)).toBe(2);
    await eventually('two came again', () => seen.length === 7);
    await eventually('parked again', async () => (await deadLetters.list(`alpha.${type}`, 10)).length === 5);
    await expect(deadLetters.list('nobody.nothing', 1)).rejects.toThrow();
  });

  it('parks a message that cannot be parsed at once, and says why without quoting it', async () => {
    let handled = 0;
    const consumer = createConsumer({
      transport: stage.installation().transport(),
      service: 'alpha',
      event: userRegistered,
      logger: quietLogger(),
      transaction: memoryMarks().transaction,
      handle: async () => {
        handled += 1;
      },
    });
    await consumer.start();
    stage.outbox().send([
      { id: 'evt_a', routingKey, body: Buffer.from('{"secret') },
      { id: 'evt_b', routingKey, body: Buffer.from('{"id":"evt_b","secret":1}') },
    ]);
    const list = () => stage.installation().transport().deadLetters.list(`alpha.${type}`, 10);
    await eventually('parked', async () => (await list()).length === 2);
    const reasons = (await list()).map(({ reason, attempts }) => `${attempts} ${reason}`).sort();
    expect(reasons[0]).toBe('1 PoisonMessage: not JSON, expected user-registered of version 1');
    expect(reasons[1]).toMatch(/^1 PoisonMessage: not a valid user-registered of version 1: type: /);
    expect(reasons.join()).not.toContain('secret');
    expect(handled).toBe(0);
    await consumer.stop();
  });

  it('lets duplicates take effect once, also when the first attempt failed', async () => {
    const effects: string[] = [];
    let failures = 0;
    const consumer = createConsumer({
      transport: stage.installation().transport(),
      service: 'alpha',
      event: userRegistered,
      logger: quietLogger(),
      transaction: memoryMarks().transaction,
      handle: async ({ id, data }) => {
        if (failures++ < 3) throw new Error('not yet');
        effects.push(`${id} ${data.username}`);
      },
    });
    await consumer.start();
    await listen('beta', () => undefined);
    const events = ['evt_a', 'evt_b'].map((id) => ({
      id,
      routingKey,
      body: Buffer.from(JSON.stringify(registration(id))),
    }));
    for (let times = 0; times < 3; times += 1) {
      stage.outbox().send(events);
      await eventually('confirmed', () => stage.outbox().confirmed.size === 2);
      stage.outbox().confirmed.clear();
    }
    await eventually('effects', () => effects.length >= 2);
    await sleep(300);
    expect(effects.sort()).toEqual(['evt_a ada', 'evt_b ada']);
    await consumer.stop();
  });

  it('delivers again what a killed process had in hand', async () => {
    const inHand: string[] = [];
    const never = gate();
    await listen('alpha', ({ id }) => {
      inHand.push(id);
      return never.opened;
    });
    await listen('beta', () => undefined);
    stage.outbox().send(messages(20));
    await eventually('in hand', () => inHand.length === 4);
    await stage.installation().killProcess();
    const got = await listenBoth();
    await eventually('all of them', () => new Set(ids(got.alpha)).size === 20);
    expect(ids(got.alpha)).toEqual(expect.arrayContaining(inHand));
    await eventually('confirmed', () => stage.outbox().confirmed.size === 20);
    never.open();
  });
}
