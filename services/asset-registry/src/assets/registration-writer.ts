import type { Database } from '@artdag/database/registry';
import { DatabaseError } from 'pg';
import { createBatcher } from '../batching/batcher.ts';
import { registerStatement, type RegistrationItem } from './register.statement.ts';

export type InsertOutcome = 'stored' | 'content-owned' | 'name-taken' | 'key-used';

export interface RegistrationWriter {
  /** Stores all of a registration in one transaction, or nothing of it. */
  write(item: RegistrationItem): Promise<InsertOutcome>;
}

const maxItems = 64;
const maxInFlight = 4;
const patienceMs = 20;
const maxTries = 3;

const uniqueViolation = '23505';
const deadlock = '40P01';
const outcomes = new Map<string | undefined, InsertOutcome>([
  ['assets_name_key', 'name-taken'],
  ['idempotency_keys_pkey', 'key-used'],
]);

/**
 * Registrations that come at the same time share a transaction. The shared statement is only the fast path: what it did
 * not store is tried again alone, and there the unique keys decide.
 */
export function createRegistrationWriter(database: Database): RegistrationWriter {
  const batcher = createBatcher<RegistrationItem, InsertOutcome>({
    maxItems,
    maxInFlight,
    patienceMs,
    keysOf: ({ registration: { asset } }) => [`name ${asset.name}`, `content ${asset.content_hash}`],
    send: (items) => writeBatch(database, items),
  });
  return { write: (item) => batcher.add(item) };
}

async function writeBatch(database: Database, items: RegistrationItem[]): Promise<InsertOutcome[]> {
  const stored = items.length > 1 ? await tryTogether(database, items) : new Set<string>();
  return await Promise.all(
    items.map(async (item) =>
      stored.has(item.registration.fresh.eventId) ? 'stored' : await writeOne(database, item),
    ),
  );
}

/** None when one of them stands in the way of all. */
async function tryTogether(database: Database, items: RegistrationItem[]): Promise<Set<string>> {
  // In one order everywhere, so that batches of several replicas rarely wait for each other crosswise.
  const ordered = items.toSorted((a, b) =>
    a.registration.asset.content_hash < b.registration.asset.content_hash ? -1 : 1,
  );
  try {
    const { rows } = await database.pool.query<{ id: string }>(registerStatement(ordered));
    return new Set(rows.map((row) => row.id));
  } catch (error) {
    if (hasCode(error, uniqueViolation) || hasCode(error, deadlock)) return new Set();
    throw error;
  }
}

async function writeOne(database: Database, item: RegistrationItem): Promise<InsertOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { rowCount } = await database.pool.query(registerStatement([item]));
      return rowCount === 1 ? 'stored' : 'content-owned';
    } catch (error) {
      if (hasCode(error, deadlock) && attempt < maxTries) continue;
      const outcome = hasCode(error, uniqueViolation) ? outcomes.get(error.constraint) : undefined;
      if (outcome !== undefined) return outcome;
      throw error;
    }
  }
}

function hasCode(error: unknown, code: string): error is DatabaseError {
  return error instanceof DatabaseError && error.code === code;
}
