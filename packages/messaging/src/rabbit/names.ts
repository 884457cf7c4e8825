import type { QueueBinding } from '../topology.ts';

/** What this package declares at the broker; `prefix` comes before every name, so that suites and tests can share a broker. */
export interface Names {
  /** Topic exchange that every event is published to. */
  readonly events: string;
  /** Direct exchange for dead letters; the routing key is the queue that they come from. */
  readonly deadLetters: string;
  /** Fanout exchange and queue of the same name, one per delay. */
  retry(delayMs: number): string;
  queue(name: string): string;
  /** Where the dead letters of a queue are parked. */
  parked(name: string): string;
}

export function namesFor(prefix: string): Names {
  return {
    events: `${prefix}artdag.events`,
    deadLetters: `${prefix}artdag.dlx`,
    retry: (delayMs) => `${prefix}artdag.retry.${delayMs}`,
    queue: (name) => `${prefix}${name}`,
    parked: (name) => `${prefix}${name}.dead`,
  };
}

/** Headers of our own. `x-death` is never passed on: the broker counts cycles by it and drops what went round too often. */
export const headers = {
  /** Failures so far. */
  attempt: 'x-artdag-attempt',
  /** The event's own routing key; on the way back from a delay the message's key is the queue. */
  routingKey: 'x-artdag-routing-key',
  reason: 'x-artdag-reason',
  failedAt: 'x-artdag-failed-at',
} as const;

export interface Layout {
  readonly names: Names;
  readonly delaysMs: readonly number[];
  readonly topology: readonly QueueBinding[];
}
