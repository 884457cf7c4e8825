import type { Database } from '@artdag/database/auth';
import { executeWithPg } from '@artdag/messaging';
import type { InTransaction } from './transaction.ts';

/** PostgreSQL's `deadlock_detected`. */
const deadlock = '40P01';
const maxAttempts = 3;

/** Transactions over `pg`. One that a deadlock has ended is run again: nothing of it has happened, and it touches nothing but the database. */
export function createInTransaction(database: Pick<Database, 'pgTransaction'>): InTransaction {
  return async (actorId, work) => {
    const who = actorId === null ? undefined : { actorId };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await database.pgTransaction((client) => work(executeWithPg(client)), who);
      } catch (error) {
        if (!isDeadlock(error) || attempt === maxAttempts) throw error;
      }
    }
  };
}

function isDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === deadlock;
}
