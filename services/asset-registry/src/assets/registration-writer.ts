import { createBatcher } from '../batching/batcher.ts';
import type { RegistrationItem } from './register.statement.ts';

export type InsertOutcome = 'stored' | 'content-owned' | 'name-taken' | 'actor-ended' | 'key-used';

/** Stores all of a registration in one transaction, or nothing of it. */
export interface RegistrationStore {
  /**
   * Several in one transaction, no two of one name or content. Gives the event ids of those that it stored: none when one
   * of them stands in the way of all.
   */
  storeTogether(items: RegistrationItem[]): Promise<Set<string>>;
  storeAlone(item: RegistrationItem): Promise<InsertOutcome>;
}

export interface RegistrationWriter {
  write(item: RegistrationItem): Promise<InsertOutcome>;
}

const maxItems = 64;
const maxInFlight = 4;
/** Longer than a commit takes, shorter than anybody notices. */
const patienceMs = 20;

/**
 * Registrations that come at the same time share a transaction. The shared statement is only the fast path: what it did
 * not store is tried again alone, and there the unique keys decide.
 */
export function createRegistrationWriter(store: RegistrationStore): RegistrationWriter {
  const batcher = createBatcher<RegistrationItem, InsertOutcome>({
    maxItems,
    maxInFlight,
    patienceMs,
    keysOf,
    send: (items) => writeBatch(store, items),
  });
  return { write: (item) => batcher.add(item) };
}

/** What the unique keys would refuse twice, and so only one of a statement may have. */
function keysOf({ registration: { asset }, idempotent }: RegistrationItem): string[] {
  const keys = [`name ${asset.name}`, `content ${asset.content_hash}`];
  return idempotent === undefined ? keys : [...keys, `request ${idempotent.actorId} ${idempotent.key}`];
}

async function writeBatch(store: RegistrationStore, items: RegistrationItem[]): Promise<InsertOutcome[]> {
  const stored = items.length > 1 ? await store.storeTogether(items) : new Set<string>();
  return await Promise.all(
    items.map(async (item) => (stored.has(item.registration.fresh.eventId) ? 'stored' : await store.storeAlone(item))),
  );
}
