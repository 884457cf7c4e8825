import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { userRegistered } from '@artdag/events';
import { sleep } from '@artdag/service-kit';
import { createConsumer } from './consumer.ts';
import type { QueueBinding } from './topology.ts';
import { PoisonMessage, type Delivery, type OutgoingMessage, type Transport } from './transport.ts';
import { eventually, gate, quietLogger } from './testing/eventually.testing.ts';
import { memoryMarks } from './testing/marks.testing.ts';
import { registration } from './testing/registrations.testing.ts';
import { Resender } from './testing/resender.testing.ts';

/** One installation: a place where events flow, and processes that come and go. */
export interface Installation {
  /** The transport of the process that runs now. */
  transport(): Transport;
  /** Ends that process without a goodbye, in the middle of whatever it does, and starts another. */
  killProcess(): Promise<void>;
  close(): Promise<void>;
}

const routingKey = userRegistered.routingKey;
const type = userRegistered.type;

export const contractTopology: readonly QueueBinding[] = [
  { queue: `alpha.${type}`, routingKey },
  { queue: `beta.${type}`, routingKey },
];
/** The last one is long enough for a test to look at what is parked before the in-process transport tries it again. */
export const contractDelaysMs: readonly number[] = [50, 100, 1_500];

/** For machines that do several things at once. */
const PATIENCE_MS = 30_000;

const messages = (count: number, key = routingKey): OutgoingMessage[] =>
  Array.from({ length: count }, (_, n) => ({ id: `evt_${n}`, routingKey: key, body: Buffer.from(`{"n":${n}}`) }));

const ids = (deliveries: readonly { id: string }[]): string[] => deliveries.map(({ id }) => id).sort();

/** What every transport promises. `open` makes an installation with `contractTopology` and `contractDelaysMs`. */
export function describeTransport(name: string, open: () => Promise<Installation>): void {
  jest.setTimeout(PATIENCE_MS);
  describe(`${name}: transport contract`, () => {
    let installation: Installation;
    let outbox: Resender;

    beforeEach(async () => {
      installation = await open();
      outbox = new Resender(() => installation.transport());
    });
    afterEach(async () => {
      await outbox.stop();
      await installation.close();
    });

    const listen = (service: string, onMessage: (delivery: Delivery) => unknown, concurrency = 4) =>
      installation.transport().subscribe({
        service,
        type,
        routingKey,
        concurrency,
        onMessage: async (delivery) => {
          await onMessage(delivery);
        },
      });
    /** Subscribes both services and answers with what arrives at each. */
    const listenBoth = async () => {
      const got = { alpha: [] as Delivery[], beta: [] as Delivery[] };
      await listen('alpha', (delivery) => got.alpha.push(delivery));
      await listen('beta', (delivery) => got.beta.push(delivery));
      return got;
    };

    it('confirms, and delivers each message once to each service, unchanged', async () => {
      const got = await listenBoth();
      outbox.send([
        { id: 'evt_x', routingKey, body: Buffer.from('{"ü":1}'), correlationId: 'req_1' },
        ...messages(300),
      ]);
      await eventually('confirmed', () => outbox.confirmed.size === 301);
      await eventually('delivered', () => got.alpha.length >= 301 && got.beta.length >= 301);
      await sleep(100);
      expect(ids(got.alpha)).toEqual(['evt_x', ...ids(messages(300))].sort());
      expect(ids(got.beta)).toEqual(ids(got.alpha));
      const { body, ...rest } = got.alpha.find(({ id }) => id === 'evt_x') ?? { body: Buffer.alloc(0) };
      expect(body.toString()).toBe('{"ü":1}');
      expect(rest).toEqual({ id: 'evt_x', routingKey, correlationId: 'req_1', attempt: 0 });
    });

    it('confirms an event that nobody consumes', async () => {
      outbox.send(messages(3, 'auth.unheard-of'));
      await eventually('confirmed', () => outbox.confirmed.size === 3);
    });

    it('shares the messages of a service out between its consumers', async () => {
      const got: Delivery[][] = [[], []];
      for (const mine of got) await listen('alpha', (delivery) => sleep(2).then(() => mine.push(delivery)), 2);
      await listen('beta', () => undefined);
      outbox.send(messages(100));
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
      outbox.send(messages(30));
      await eventually('all handled', () => handled === 30);
      expect(most).toBe(3);
    });

    it('keeps what is published before a service was ever there', async () => {
      const early: string[] = [];
      const late: string[] = [];
      await listen('alpha', ({ id }) => early.push(id));
      outbox.send(messages(5));
      await eventually('delivered to the one that is there', () => early.length === 5);
      await sleep(100);
      await listen('beta', ({ id }) => late.push(id));
      await eventually('delivered to the other', () => late.length === 5);
      await eventually('confirmed', () => outbox.confirmed.size === 5);
      expect(early.sort()).toEqual(late.sort());
    });

    it('brings a failed message back after each delay, and to the service that failed only', async () => {
      const attempts: { attempt: number; at: number }[] = [];
      const other: Delivery[] = [];
      await listen('alpha', ({ attempt }) => {
        attempts.push({ attempt, at: performance.now() });
        if (attempt < 2) throw new Error('not yet');
      });
      await listen('beta', (delivery) => other.push(delivery));
      outbox.send(messages(1));
      await eventually('third attempt', () => attempts.length === 3);
      await eventually('confirmed', () => outbox.confirmed.size === 1);
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
      outbox.send(messages(200));
      await eventually('the others', () => done.length === 199, 3_000);
      expect(new Set(done).size).toBe(199);
    });

    it('does not let a handler that hangs hold up the others', async () => {
      const hang = gate();
      const done: string[] = [];
      await listen('alpha', ({ id }) => (id === 'evt_0' ? hang.opened : done.push(id)));
      await listen('beta', () => undefined);
      outbox.send(messages(200));
      await eventually('the others', () => done.length === 199, 3_000);
      await eventually('the others are confirmed', () => outbox.confirmed.size >= 199, 3_000);
      hang.open();
      await eventually('confirmed', () => outbox.confirmed.size === 200);
    });

    it('parks a message after the last retry, lists it and replays it', async () => {
      let broken = true;
      const attempts: number[] = [];
      await listen('alpha', ({ attempt }) => {
        attempts.push(attempt);
        if (broken) throw new Error('the row is missing');
      });
      await listen('beta', () => undefined);
      outbox.send(messages(1));
      const { deadLetters } = installation.transport();
      const list = () => deadLetters.list(`alpha.${type}`, 10);
      await eventually('parked', async () => (await list()).length === 1);
      expect(attempts).toEqual([0, 1, 2, 3]);
      const [letter] = await list(); // still there: listing takes nothing away
      expect(letter).toMatchObject({ id: 'evt_0', routingKey, reason: 'Error: the row is missing', attempts: 4 });
      expect(letter?.body.toString()).toBe('{"n":0}');
      expect(Date.parse(letter?.failedAt ?? '')).toBeGreaterThan(Date.now() - 10_000);
      expect(await deadLetters.list(`beta.${type}`, 10)).toEqual([]);

      broken = false;
      expect(await deadLetters.replay(`alpha.${type}`, 10)).toBe(1);
      await eventually('replayed', () => attempts.length === 5);
      expect(attempts.at(-1)).toBe(0);
      await eventually('gone', async () => (await list()).length === 0);
      await eventually('confirmed', () => outbox.confirmed.size === 1);
    });

    it('lists and replays no more than asked', async () => {
      const seen: string[] = [];
      await listen('alpha', ({ id }) => {
        seen.push(id);
        throw new PoisonMessage('no');
      });
      await listen('beta', () => undefined);
      outbox.send(messages(5));
      const { deadLetters } = installation.transport();
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
        transport: installation.transport(),
        service: 'alpha',
        event: userRegistered,
        logger: quietLogger(),
        transaction: memoryMarks().transaction,
        handle: async () => {
          handled += 1;
        },
      });
      await consumer.start();
      outbox.send([
        { id: 'evt_a', routingKey, body: Buffer.from('{"secret') },
        { id: 'evt_b', routingKey, body: Buffer.from('{"id":"evt_b","secret":1}') },
      ]);
      const list = () => installation.transport().deadLetters.list(`alpha.${type}`, 10);
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
        transport: installation.transport(),
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
        outbox.send(events);
        await eventually('confirmed', () => outbox.confirmed.size === 2);
        outbox.confirmed.clear();
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
      outbox.send(messages(20));
      await eventually('in hand', () => inHand.length === 4);
      await installation.killProcess();
      const got = await listenBoth();
      await eventually('all of them', () => new Set(ids(got.alpha)).size === 20);
      expect(ids(got.alpha)).toEqual(expect.arrayContaining(inHand));
      await eventually('confirmed', () => outbox.confirmed.size === 20);
      never.open();
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
      outbox.send(messages(20));
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
      await eventually('confirmed', () => outbox.confirmed.size === 20);
    });

    it('answers ping, and after closing refuses everything, politely', async () => {
      const transport = installation.transport();
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
  });
}
