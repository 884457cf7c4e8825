import type { OutgoingMessage } from '../transport.ts';

/**
 * Where one queue is with one event: waiting for a handler, in one, done, or failed and due again at `dueAt` (`Date.now()`), perhaps
 * parked: then it is a dead letter, and still due again after the longest delay.
 */
export type Progress =
  | { state: 'busy' }
  | { state: 'done' }
  | { state: 'failed'; dueAt: number; attempts: number; parked?: { reason: string; failedAt: Date } };

/** An event that some queue is not done with. */
export interface Entry {
  readonly message: OutgoingMessage;
  readonly progress: Map<string, Progress>;
  /** Called when no queue is busy with it any more. */
  readonly idle: (() => void)[];
}

export const isBusy = (entry: Entry): boolean => [...entry.progress.values()].some(({ state }) => state === 'busy');

/** How many are forgotten at a time, so that a full ledger is searched seldom. */
const FORGET_AT_ONCE = 100;

/**
 * What the in-process transport remembers of unconfirmed events. Bounded: past `limit` it forgets the oldest ones that nobody is busy
 * with. Nothing is lost by that, since the outbox has the event: it comes again, from the first delay on.
 */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The entry of an event; undefined when the ledger is full of busy ones. */
  open(message: OutgoingMessage): Entry | undefined {
    const known = this.#entries.get(message.id);
    if (known !== undefined) return known;
    if (this.#entries.size >= this.#limit && !this.#forgetSome()) return undefined;
    const entry: Entry = { message, progress: new Map(), idle: [] };
    this.#entries.set(message.id, entry);
    return entry;
  }

  close(id: string): void {
    this.#entries.delete(id);
  }

  /** Parked in that queue, oldest first. */
  parked(queue: string, limit: number): Entry[] {
    const found: Entry[] = [];
    for (const entry of this.#entries.values()) {
      if (found.length >= limit) break;
      const progress = entry.progress.get(queue);
      if (progress?.state === 'failed' && progress.parked !== undefined) found.push(entry);
    }
    return found;
  }

  #forgetSome(): boolean {
    const before = this.#entries.size;
    for (const [id, entry] of this.#entries) {
      if (before - this.#entries.size >= FORGET_AT_ONCE) break;
      if (!isBusy(entry)) this.#entries.delete(id);
    }
    return this.#entries.size < before;
  }
}

/** Resolves when no queue is busy with the entry. */
export function whenIdle(entry: Entry): Promise<void> {
  if (!isBusy(entry)) return Promise.resolve();
  return new Promise((resolve) => {
    entry.idle.push(resolve);
  });
}
