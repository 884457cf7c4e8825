import type { Logger } from '@artdag/service-kit';
import { judge, logFailure, reasonOf } from '../failure.ts';
import { defaultConcurrency, type Delivery, type Subscription } from '../transport.ts';
import { isBusy, type Entry } from './ledger.ts';

/** Entries waiting for a handler; past it the queue is full and the outbox keeps them. */
const MAX_WAITING = 500;

interface Competitor {
  readonly subscription: Subscription;
  readonly running: Set<Promise<void>>;
}

/** One `<service>.<type>` in memory: entries wait here for a free handler of any of its competing consumers. */
export class InProcessQueue {
  readonly name: string;
  readonly routingKey: string;
  readonly #delaysMs: readonly number[];
  readonly #logger: Logger;
  readonly #competitors = new Set<Competitor>();
  #waiting: { entry: Entry; attempt: number }[] = [];

  constructor(o: { name: string; routingKey: string; delaysMs: readonly number[]; logger: Logger }) {
    this.name = o.name;
    this.routingKey = o.routingKey;
    this.#delaysMs = o.delaysMs;
    this.#logger = o.logger;
  }

  isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  /** Hands the entry to a consumer, unless it is busy, done or not due. False: no consumer is there to take it. */
  offer(entry: Entry): boolean {
    const progress = entry.progress.get(this.name);
    if (progress?.state === 'busy' || progress?.state === 'done') return true;
    if (progress?.state === 'failed' && progress.dueAt > Date.now()) return true;
    return this.#enqueue(entry, progress?.attempts ?? 0);
  }

  /** As `offer`, at once and with all attempts ahead. */
  replay(entry: Entry): boolean {
    return this.#enqueue(entry, 0);
  }

  add(subscription: Subscription): { close(): Promise<void> } {
    const competitor: Competitor = { subscription, running: new Set() };
    this.#competitors.add(competitor);
    return {
      close: async () => {
        this.#competitors.delete(competitor);
        if (this.#competitors.size === 0) this.#giveBackWaiting();
        await Promise.all(competitor.running);
      },
    };
  }

  #enqueue(entry: Entry, attempt: number): boolean {
    if (this.#competitors.size === 0) return false;
    entry.progress.set(this.name, { state: 'busy' });
    this.#waiting.push({ entry, attempt });
    this.#pump();
    return true;
  }

  #pump(): void {
    for (;;) {
      const free = this.#leastBusy();
      const next = free === undefined ? undefined : this.#waiting.shift();
      if (free === undefined || next === undefined) return;
      const run = this.#handle(free.subscription, next.entry, next.attempt).finally(() => {
        free.running.delete(run);
        this.#pump();
      });
      free.running.add(run);
    }
  }

  #leastBusy(): Competitor | undefined {
    let best: Competitor | undefined;
    for (const each of this.#competitors) {
      if (each.running.size >= (each.subscription.concurrency ?? defaultConcurrency)) continue;
      if (best === undefined || each.running.size < best.running.size) best = each;
    }
    return best;
  }

  async #handle(subscription: Subscription, entry: Entry, attempt: number): Promise<void> {
    const delivery: Delivery = { ...entry.message, attempt };
    try {
      await subscription.onMessage(delivery);
      entry.progress.set(this.name, { state: 'done' });
    } catch (error) {
      this.#failed(entry, delivery, error);
    }
    settle(entry);
  }

  #failed(entry: Entry, delivery: Delivery, error: unknown): void {
    const verdict = judge(error, delivery.attempt, this.#delaysMs);
    logFailure(this.#logger, this.name, delivery, error, verdict);
    const attempts = delivery.attempt + 1;
    if (verdict !== 'park') {
      entry.progress.set(this.name, { state: 'failed', dueAt: Date.now() + verdict.retryMs, attempts });
      return;
    }
    const now = new Date();
    const dueAt = now.getTime() + Math.max(0, ...this.#delaysMs);
    const parked = { reason: reasonOf(error), failedAt: now };
    entry.progress.set(this.name, { state: 'failed', dueAt, attempts, parked });
  }

  /** The last consumer has gone: what waits is the outbox's again. */
  #giveBackWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { entry, attempt } of waiting) {
      entry.progress.set(this.name, { state: 'failed', dueAt: 0, attempts: attempt });
      settle(entry);
    }
  }
}

function settle(entry: Entry): void {
  if (isBusy(entry)) return;
  for (const resolve of entry.idle.splice(0)) resolve();
}
