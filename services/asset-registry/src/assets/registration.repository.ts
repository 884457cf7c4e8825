import type { Database } from '@artdag/database/registry';
import { DatabaseError } from 'pg';
import type { ErasedNames } from '../erasure/erased-names.ts';
import { registerStatement, type RegistrationItem } from './register.statement.ts';
import type { InsertOutcome, RegistrationStore } from './registration-writer.ts';

const maxTries = 3;

const uniqueViolation = '23505';
const deadlock = '40P01';
const outcomes = new Map<string | undefined, InsertOutcome>([
  ['assets_name_key', 'name-taken'],
  ['idempotency_keys_pkey', 'key-used'],
]);

/* Asked only about what was not stored. */
const whyNot = `
SELECT EXISTS (SELECT FROM ended_actors WHERE actor_id = $1) AS ended,
  EXISTS (SELECT FROM closed_names WHERE digest = $2) AS closed`;

export function createRegistrationRepository(database: Database, names: ErasedNames): RegistrationStore {
  const outcomeOf = async ({ registration: { registrant, asset } }: RegistrationItem): Promise<InsertOutcome> => {
    const values = [registrant.actorId, names.digestOf(asset.name)];
    const { rows } = await database.pool.query<{ ended: boolean; closed: boolean }>(whyNot, values);
    if (rows[0]?.ended === true) return 'actor-ended';
    return rows[0]?.closed === true ? 'name-taken' : 'content-owned';
  };
  return {
    async storeTogether(items) {
      // In one order everywhere, so that batches of several replicas rarely wait for each other crosswise.
      const ordered = items.toSorted((a, b) => (hashOf(a) < hashOf(b) ? -1 : 1));
      try {
        const { rows } = await database.pool.query<{ id: string }>(registerStatement(ordered, names));
        return new Set(rows.map((row) => row.id));
      } catch (error) {
        if (hasCode(error, uniqueViolation) || hasCode(error, deadlock)) return new Set();
        throw error;
      }
    },
    async storeAlone(item) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          const { rowCount } = await database.pool.query(registerStatement([item], names));
          return rowCount === 1 ? 'stored' : await outcomeOf(item);
        } catch (error) {
          if (hasCode(error, deadlock) && attempt < maxTries) continue;
          const outcome = hasCode(error, uniqueViolation) ? outcomes.get(error.constraint) : undefined;
          if (outcome !== undefined) return outcome;
          throw error;
        }
      }
    },
  };
}

function hashOf(item: RegistrationItem): string {
  return item.registration.asset.content_hash;
}

function hasCode(error: unknown, code: string): error is DatabaseError {
  return error instanceof DatabaseError && error.code === code;
}
