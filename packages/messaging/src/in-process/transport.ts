import { sleep, type Logger } from '@artdag/service-kit';
import { knownConsumers, type QueueBinding } from '../topology.ts';
import {
  defaultRetryDelaysMs,
  queueName,
  type DeadLetter,
  type DeadLetters,
  type OutgoingMessage,
  type Subscription,
  type Transport,
} from '../transport.ts';
import { isBusy, Ledger, whenIdle, type Entry } from './ledger.ts';
import { InProcessQueue } from './queue.ts';

export interface InProcessTransportOptions {
  logger: Logger;
  /** Waits after the first failure, the second, and so on; after the last the event is a dead letter. */
  retryDelaysMs?: readonly number[] | undefined;
  /** Queues that must be served before an event counts as delivered (default: all known consumers). */
  topology?: readonly QueueBinding[] | undefined;
}

/** `publish` waits while handlers get on; after so long without one finishing it answers, so that nobody holds up others' events. */
const PATIENCE_MS = 100;
const MAX_PUBLISH_MS = 2000;
/** When to ask again about events that are with a handler, or that cannot be handed out yet. */
const ASK_AGAIN_MS = 500;
/** Events that rest for long are asked for now and then too, so that a replayed dead letter does not look unpublished for an hour. */
const MAX_REST_MS = 60_000;
const MAX_UNCONFIRMED = 5000;

/**
 * Events within one process, for standalone and tests; the same contract as RabbitMQ, with one difference in the making. Nothing
 * here outlives the process, so the outbox is the durable queue: `publish` confirms an event only when every consumer's
 * transaction has committed, and until then answers when to publish it again (`later`), which is what makes its retries happen. A
 * crash thus loses nothing; consumers that were done already recognise the event by its id. Which consumers were done, and the
 * count of attempts, are remembered for up to 5,000 unconfirmed events; forgetting them costs a repetition.
 *
 * A dead letter stays unpublished in the outbox as well: it is listed, replayed on request, and tried again after the longest delay
 * for ever.
 */
export function createInProcessTransport(o: InProcessTransportOptions): Transport {
  const delaysMs = o.retryDelaysMs ?? defaultRetryDelaysMs;
  const ledger = new Ledger(MAX_UNCONFIRMED);
  const queues = new Map<string, InProcessQueue>();
  const subscriptions = new Set<{ close(): Promise<void> }>();
  let closed = false;

  const queue = (name: string, routingKey: string): InProcessQueue => {
    const known = queues.get(name) ?? new InProcessQueue({ name, routingKey, delaysMs, logger: o.logger });
    queues.set(name, known);
    return known;
  };
  for (const binding of o.topology ?? knownConsumers) queue(binding.queue, binding.routingKey);
  const bound = (routingKey: string) => [...queues.values()].filter((each) => each.routingKey === routingKey);

  return {
    async publish(messages) {
      if (closed) return { failed: new Set(messages.map(({ id }) => id)) };
      const later = new Map<string, number>();
      const offered = messages.flatMap((message) => offer(message, bound(message.routingKey), ledger, later));
      await settled(offered.map(({ entry }) => entry));
      for (const { entry, queues: all } of offered) {
        const waitMs = nextLookMs(entry, all);
        if (waitMs === undefined) ledger.close(entry.message.id);
        else later.set(entry.message.id, waitMs);
      }
      return { failed: new Set(), later };
    },
    async subscribe(subscription: Subscription) {
      if (closed) throw new Error('The transport is closed: subscribe before closing it.');
      const running = queue(queueName(subscription), subscription.routingKey).add(subscription);
      subscriptions.add(running);
      return {
        close: async () => {
          await running.close();
          subscriptions.delete(running);
        },
      };
    },
    deadLetters: inProcessDeadLetters(ledger, queues),
    async ping() {
      if (closed) throw new Error('The in-process transport is closed.');
    },
    async close() {
      closed = true;
      await Promise.all([...subscriptions].map((each) => each.close()));
    },
  };
}

interface Offered {
  entry: Entry;
  queues: InProcessQueue[];
}

/** Nothing when nobody consumes the event (it is confirmed then) or when there is no room for it (`later` says so). */
function offer(
  message: OutgoingMessage,
  queues: InProcessQueue[],
  ledger: Ledger,
  later: Map<string, number>,
): Offered[] {
  if (queues.length === 0) return [];
  const entry = queues.some((queue) => queue.isFull()) ? undefined : ledger.open(message);
  if (entry === undefined) {
    later.set(message.id, ASK_AGAIN_MS);
    return [];
  }
  for (const queue of queues) queue.offer(entry);
  return [{ entry, queues }];
}

/** Resolves when nobody is busy with any of the entries, or when that takes too long. */
async function settled(entries: Entry[]): Promise<void> {
  const givenUpAt = performance.now() + MAX_PUBLISH_MS;
  let busy = entries.filter(isBusy);
  while (busy.length > 0 && performance.now() < givenUpAt) {
    const stop = new AbortController();
    await Promise.race([Promise.all(busy.map(whenIdle)), sleep(PATIENCE_MS, stop.signal)]);
    stop.abort();
    const still = busy.filter(isBusy);
    if (still.length === busy.length) return;
    busy = still;
  }
}

/** Undefined when every queue is done with the entry. */
function nextLookMs(entry: Entry, queues: InProcessQueue[]): number | undefined {
  const waits = queues.map(({ name }) => {
    const progress = entry.progress.get(name);
    if (progress?.state === 'done') return Infinity;
    return progress?.state === 'failed'
      ? Math.min(MAX_REST_MS, Math.max(0, progress.dueAt - Date.now()))
      : ASK_AGAIN_MS;
  });
  const soonest = Math.min(...waits);
  return soonest === Infinity ? undefined : soonest;
}

function inProcessDeadLetters(ledger: Ledger, queues: Map<string, InProcessQueue>): DeadLetters {
  const existing = (name: string): InProcessQueue => {
    const queue = queues.get(name);
    if (queue === undefined) throw new Error(`There is no queue ${name}. Queues are named <service>.<event type>.`);
    return queue;
  };
  return {
    async list(name, limit) {
      existing(name);
      return ledger.parked(name, limit).flatMap((entry) => describe(entry, name));
    },
    async replay(name, limit) {
      const queue = existing(name);
      return ledger.parked(name, limit).filter((entry) => queue.replay(entry)).length;
    },
  };
}

function describe({ message, progress }: Entry, queue: string): DeadLetter[] {
  const state = progress.get(queue);
  if (state?.state !== 'failed' || state.parked === undefined) return [];
  const { reason, failedAt } = state.parked;
  const { id, routingKey, body } = message;
  return [{ id, routingKey, body, reason, attempts: state.attempts, failedAt: failedAt.toISOString() }];
}
