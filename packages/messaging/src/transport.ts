/** An event on its way out: its id, where it goes, and the stored JSON of its envelope, unparsed. */
export interface OutgoingMessage {
  id: string;
  /** `<context>.<type>`. */
  routingKey: string;
  body: Buffer;
  correlationId?: string | undefined;
}

/** What has become of the messages given to `publish`; those named nowhere here are confirmed. */
export interface PublishResult {
  /** Not confirmed, to be published again soon: the broker is away or has refused them. */
  failed: Set<string>;
  /**
   * Not confirmed yet, to be published again after so many milliseconds. Only the in-process transport says this: it keeps nothing
   * durable of its own, so an event stays the outbox's until every consumer is done with it.
   */
  later?: ReadonlyMap<string, number>;
}

/** A message as one consumer gets it. It may come twice, late, and before its elders. */
export interface Delivery {
  id: string;
  routingKey: string;
  body: Buffer;
  correlationId?: string | undefined;
  /** How often this consumer has failed with it already. */
  attempt: number;
}

export interface Subscription {
  /** Consumers of the same service and type compete for messages; every service gets each message once. */
  service: string;
  /** The event's type; the queue is `<service>.<type>`. */
  type: string;
  routingKey: string;
  /** How many messages are handled at once (default 4). */
  concurrency?: number | undefined;
  /**
   * Resolves: done with, never comes again. Rejects: comes again, to this queue only, after the next delay, and is parked as a dead
   * letter after the last one, or at once on a `PoisonMessage`.
   */
  onMessage(delivery: Delivery): Promise<void>;
}

export interface DeadLetter {
  id: string;
  routingKey: string;
  body: Buffer;
  /** Why the last attempt failed; null when the broker gave up on it (its consumer died with it too often). */
  reason: string | null;
  attempts: number;
  /** ISO 8601, or null when the broker gave up on it. */
  failedAt: string | null;
}

export interface DeadLetters {
  /** Up to `limit` dead letters of `<service>.<type>`, oldest first. They stay where they are. */
  list(queue: string, limit: number): Promise<DeadLetter[]>;
  /** Gives up to `limit` of them back to their consumer, with all attempts ahead. Answers how many. */
  replay(queue: string, limit: number): Promise<number>;
}

/** Carries events to consumers, at least once. Two implementations keep one contract: `transport.contract.ts`. */
export interface Transport {
  /** Never rejects: what could not be confirmed is in the result, soon, also when the broker is away. */
  publish(messages: readonly OutgoingMessage[]): Promise<PublishResult>;
  /** `close()` takes no more messages and resolves when those in hand are handled and acknowledged. */
  subscribe(subscription: Subscription): Promise<{ close(): Promise<void> }>;
  readonly deadLetters: DeadLetters;
  /** Rejects, saying why, when messages cannot flow at present. For `/readyz`. */
  ping(): Promise<void>;
  /** Drains every subscription, then disconnects. */
  close(): Promise<void>;
}

/** Thrown by a handler that needs an earlier event first: an ordinary retry, not logged as an error. */
export class RetryLater extends Error {
  override name = 'RetryLater';
}

/** Thrown for a message that no retry can help: it is parked at once. */
export class PoisonMessage extends Error {
  override name = 'PoisonMessage';
}

/** 5 s, 30 s, 2 min, 10 min, 1 h; after the fifth retry a message is parked. */
export const defaultRetryDelaysMs: readonly number[] = [5_000, 30_000, 120_000, 600_000, 3_600_000];

export const defaultConcurrency = 4;

/** `<service>.<type>`: the queue's name and the consumer's name in `processed_events`. */
export function queueName(of: { service: string; type: string }): string {
  return `${of.service}.${of.type}`;
}
