import { afterEach, beforeEach } from '@jest/globals';
import { userRegistered } from '@artdag/events';
import type { QueueBinding } from '../topology.ts';
import type { Delivery, OutgoingMessage, Transport } from '../transport.ts';
import { Resender } from './resender.testing.ts';

/** One installation: a place where events flow, and processes that come and go. */
export interface Installation {
  /** The transport of the process that runs now. */
  transport(): Transport;
  /** Ends that process without a goodbye, in the middle of whatever it does, and starts another. */
  killProcess(): Promise<void>;
  close(): Promise<void>;
}

export const { type, routingKey } = userRegistered;

export const contractTopology: readonly QueueBinding[] = [
  { queue: `alpha.${type}`, routingKey },
  { queue: `beta.${type}`, routingKey },
];
/** The last one is long enough for a test on a busy machine to look at what is parked before the in-process transport tries it again. */
export const contractDelaysMs: readonly number[] = [50, 100, 7_000];

export const messages = (count: number, key = routingKey): OutgoingMessage[] =>
  Array.from({ length: count }, (_, n) => ({ id: `evt_${n}`, routingKey: key, body: Buffer.from(`{"n":${n}}`) }));

export const ids = (deliveries: readonly { id: string }[]): string[] => deliveries.map(({ id }) => id).sort();

/** What each test of the contract plays on: a fresh installation, an outbox, and the services alpha and beta. */
export type Stage = ReturnType<typeof setStage>;

/** Call inside `describe`. */
export function setStage(open: () => Promise<Installation>) {
  let current: { installation: Installation; outbox: Resender } | undefined;
  const now = () => {
    if (current === undefined) throw new Error('only within a test');
    return current;
  };
  beforeEach(async () => {
    const installation = await open();
    current = { installation, outbox: new Resender(() => installation.transport()) };
  });
  afterEach(async () => {
    await now().outbox.stop();
    await now().installation.close();
  });

  const listen = (service: string, onMessage: (delivery: Delivery) => unknown, concurrency = 4) =>
    now()
      .installation.transport()
      .subscribe({
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
  return { installation: () => now().installation, outbox: () => now().outbox, listen, listenBoth };
}
