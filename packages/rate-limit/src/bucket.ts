import type { WindowCount } from '@artdag/key-value';
import { SlidingWindow } from './sliding-window.ts';

/**
 * One bucket's count as this process knows it: what was last heard of the store plus what was let in since. What this process has let in
 * itself is kept apart as a floor, as a store may be away, or come back empty.
 */
export class Bucket {
  /** In the store. */
  readonly key: string;
  readonly windowMs: number;
  /** Let in and not yet sent to the store. Below zero when something is to be taken back. */
  #pending = 0;
  /** Sent and not yet answered. */
  #inFlight = 0;
  /** The store has said that nothing fits before. */
  #fullUntil = -Infinity;
  readonly #shared: SlidingWindow;
  readonly #own: SlidingWindow;

  constructor(key: string, windowMs: number, now: number) {
    this.key = key;
    this.windowMs = windowMs;
    this.#shared = new SlidingWindow(windowMs, now);
    this.#own = new SlidingWindow(windowMs, now);
  }

  /** As far as is known here. It may be more, by what other processes have let in meanwhile. */
  count(now: number): number {
    return Math.max(this.#shared.count(now), this.#own.count(now));
  }

  /** Whether one more is sure to be too many, so that the store need not be asked. */
  isFull(limit: number, now: number): boolean {
    return this.#toldMs(now) > 0 || this.#own.count(now) + 1 > limit;
  }

  /** Milliseconds until the next is let in, for a bucket that has no room. */
  waitMs(limit: number, now: number): number {
    const ownMs = this.#own.waitMs(limit, now);
    const toldMs = this.#toldMs(now);
    return toldMs > 0 ? Math.max(toldMs, ownMs) : Math.max(this.#shared.waitMs(limit, now), ownMs);
  }

  /** Milliseconds until the fixed window ends. */
  leftMs(now: number): number {
    return this.#shared.leftMs(now);
  }

  /** Counts a request that is let in without asking. */
  letIn(now: number): void {
    this.#pending += 1;
    this.#shared.add(1, now);
    this.#own.add(1, now);
  }

  /** Notes a request that the store has let in and counted. */
  wasLetIn(now: number): void {
    this.#own.add(1, now);
  }

  /** Takes back one that the store has counted and that was then not let in. */
  takeBack(now: number): void {
    this.#pending -= 1;
    this.#shared.add(-1, now);
  }

  /** What is to be sent to the store now. Each `send` is followed by one `sent`. */
  send(): number {
    const amount = this.#pending;
    this.#pending = 0;
    this.#inFlight += amount;
    return amount;
  }

  /** The amount has arrived, or is given up. */
  sent(amount: number): void {
    this.#inFlight -= amount;
  }

  /** Takes over the store's count; what it cannot know yet comes on top. */
  heard({ allowed, count, resetMs }: WindowCount, now: number): void {
    if (allowed) {
      this.#shared.align(now + resetMs, now);
      this.#own.align(now + resetMs, now);
    }
    this.#fullUntil = allowed ? -Infinity : now + resetMs;
    this.#shared.correct(count + this.#inFlight + this.#pending, now);
  }

  /** How much longer the store's word holds that nothing fits; at most two windows, if the clock was put back. */
  #toldMs(now: number): number {
    const leftMs = this.#fullUntil - now;
    return leftMs <= 2 * this.windowMs ? leftMs : 0;
  }
}
