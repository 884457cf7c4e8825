import type { Database } from '@artdag/database/auth';

/** How many rows of each kind are gone. */
export interface Pruned {
  denials: number;
  sessions: number;
  refresh_tokens: number;
}

export interface PruneRepository {
  prune(now: Date): Promise<Pruned>;
}

const batch = 5000;
const hourMs = 3600_000;

/**
 * A denial goes an hour after its end, for clocks that differ; a lifted one stays, as an old copy of the shared store may still hold it. Of an
 * ended session it is still asked for a day, by whoever repeats its logout; its refresh tokens go with it.
 */
const kinds: Record<keyof Pruned, { table: string; key: string; condition: string; keepMs: number }> = {
  denials: {
    table: 'revoked_tokens',
    key: 'jti',
    condition: `expires_at < $1 AND expires_at > 'epoch'`,
    keepMs: hourMs,
  },
  sessions: { table: 'sessions', key: 'id', condition: 'expires_at < $1', keepMs: 24 * hourMs },
  refresh_tokens: { table: 'refresh_tokens', key: 'token_hash', condition: 'expires_at < $1', keepMs: 24 * hourMs },
};

/** Deletes in batches, so that no statement holds many locks or takes long; as the system, since the rows are everybody's. */
export function createPruneRepository(database: Database): PruneRepository {
  const pruneKind = async (kind: keyof Pruned, now: Date): Promise<number> => {
    const { table, key, condition, keepMs } = kinds[kind];
    // Rows that somebody holds are for the next time.
    const some = `SELECT ${key} FROM ${table} WHERE ${condition} LIMIT ${batch} FOR UPDATE SKIP LOCKED`;
    const statement = {
      text: `DELETE FROM ${table} WHERE ${key} IN (${some})`,
      values: [new Date(now.getTime() - keepMs)],
    };
    for (let total = 0; ;) {
      const { rowCount } = await database.pgStatement(statement, { system: true });
      total += rowCount ?? 0;
      if ((rowCount ?? 0) < batch) return total;
    }
  };
  return {
    prune: async (now) => ({
      denials: await pruneKind('denials', now),
      refresh_tokens: await pruneKind('refresh_tokens', now),
      sessions: await pruneKind('sessions', now),
    }),
  };
}
