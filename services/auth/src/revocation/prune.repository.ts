import type { Database } from '@artdag/database/auth';
import { AppError } from '@artdag/service-kit';
import type { Leadership } from './leader.ts';

export interface Pruned {
  revokedTokens: number;
  refreshTokens: number;
  sessions: number;
  apiTokens: number;
}

export interface PruneRepository {
  /** Deletes what nobody can ask about any more. With `as` every transaction first makes sure that we still lead. @throws AppError `lease_lost` */
  prune(now: Date, as?: Leadership): Promise<Pruned>;
  /** Refresh tokens that were used more than 30 s ago forget their successors. */
  wipeSuccessors(now: Date, as?: Leadership): Promise<number>;
}

const batch = 2000;

// Verifiers have leeway, clocks differ: ten minutes are ample. What was lifted (`epoch`) stays, as an old copy of the store may bring its entry back.
const deletions: Record<keyof Pruned, string> = {
  revokedTokens: `DELETE FROM revoked_tokens WHERE jti IN (
    SELECT jti FROM revoked_tokens WHERE expires_at < $1::timestamptz - interval '10 minutes' AND expires_at > 'epoch'
    LIMIT ${batch} FOR UPDATE SKIP LOCKED)`,
  refreshTokens: `DELETE FROM refresh_tokens WHERE token_hash IN (
    SELECT token_hash FROM refresh_tokens WHERE expires_at < $1::timestamptz - interval '10 minutes'
    LIMIT ${batch} FOR UPDATE SKIP LOCKED)`,
  sessions: `DELETE FROM sessions WHERE id IN (
    SELECT id FROM sessions
    WHERE expires_at < $1::timestamptz - interval '30 days' OR ended_at < $1::timestamptz - interval '30 days'
    LIMIT ${batch} FOR UPDATE SKIP LOCKED)`,
  apiTokens: `DELETE FROM api_tokens WHERE id IN (
    SELECT id FROM api_tokens WHERE expires_at < $1::timestamptz - interval '30 days'
    LIMIT ${batch} FOR UPDATE SKIP LOCKED)`,
};

const wipe = `UPDATE refresh_tokens SET successor_enc = NULL WHERE token_hash IN (
  SELECT token_hash FROM refresh_tokens WHERE successor_enc IS NOT NULL AND used_at < $1::timestamptz - interval '30 seconds'
  LIMIT ${batch} FOR UPDATE SKIP LOCKED)`;

const hold = 'SELECT 1 FROM leases WHERE job = $1 AND holder = $2 AND fence = $3 AND expires_at > now() FOR UPDATE';

export function createPruneRepository(database: Database): PruneRepository {
  /** In batches, so that no transaction holds many rows, or the lease, for long. */
  async function repeat(sql: string, now: Date, as: Leadership | undefined): Promise<number> {
    let total = 0;
    for (;;) {
      const done = await database.pgTransaction(
        async (client) => {
          if (as !== undefined && (await client.query(hold, [as.job, as.holder, as.fence])).rowCount !== 1)
            throw new AppError('lease_lost', 500, `Another replica leads ${as.job} by now.`);
          return (await client.query(sql, [now])).rowCount ?? 0;
        },
        { system: true },
      );
      total += done;
      if (done < batch) return total;
    }
  }

  return {
    async prune(now, as) {
      const revokedTokens = await repeat(deletions.revokedTokens, now, as);
      const refreshTokens = await repeat(deletions.refreshTokens, now, as);
      const sessions = await repeat(deletions.sessions, now, as);
      return { revokedTokens, refreshTokens, sessions, apiTokens: await repeat(deletions.apiTokens, now, as) };
    },
    wipeSuccessors: (now, as) => repeat(wipe, now, as),
  };
}
