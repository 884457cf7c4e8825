import type { ActorKey } from '../actors/actor-keys.ts';

/** A claimed job: one signed POST of `body` to `inbox`. */
export interface Delivery {
  id: string;
  kind: 'activity' | 'accept' | 'update' | 'delete' | 'follow' | 'undo';
  /** UUID; null for what is not in the outbox (a Follow, Accept or Undo, an Update or Delete of the actor). */
  activityId: string | null;
  apActorId: string;
  inbox: string;
  /** JSON text, sent as it is; null when it was erased since the job was made. */
  body: string | null;
  /** Failed attempts so far. */
  attempts: number;
  /** Who signs; undefined while the actor's registration has not been heard of. */
  sender: { actorId: string; username: string; keys: ActorKey[] } | undefined;
}

/**
 * What became of an attempt.
 * - `delivered`: a 2xx.
 * - `failed`: to be repeated after the schedule's next pause, or dead after the last.
 * - `refused`: no repeat can help.
 * - `gone`: the inbox is no more.
 * - `erased`: what was to be said is no more.
 * - `blocked`: nothing is sent to that host.
 * - `waiting`: not attempted, or cut short by us; does not count as a failure.
 */
export type Outcome =
  | { kind: 'delivered' }
  | { kind: 'failed' | 'refused' | 'gone' | 'erased' | 'blocked'; reason: string }
  | { kind: 'waiting'; reason: string; waitMs: number };

/**
 * Hosts that answer at once, hosts of which nothing is known yet, and those that are slow or fail. Each lane has places of its own, so that
 * none holds up another.
 */
export type Lane = 'prompt' | 'new' | 'slow';

/** A job in hand, and what was known of its host when it was taken. */
export interface ClaimedDelivery extends Delivery {
  lane: Lane;
  host: {
    /** With its port. */
    name: string;
    /** Its last delivery failed: this one is a probe. */
    fails: boolean;
    /** How long its last answer took; undefined when there was none yet. */
    latencyMs: number | undefined;
    seenAt: Date | undefined;
  };
}

/** Of a row of `deliveries d` that is looked up by its id: said so that the queue's indexes, which have other conditions, are of no use for it. */
export const STILL_PENDING = `d.state <> ALL ('{delivered,dead,dropped}')`;

/** The host, with its port, as the database also cuts it out of the inbox. */
export function hostOf(inbox: string): string {
  return inbox.split('/')[2]?.toLowerCase() ?? '';
}
