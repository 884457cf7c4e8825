import type { Database } from '@artdag/database/identity';

/** A challenge as it is stored: the nonce itself is with the client alone. */
export interface StoredChallenge {
  nonceHash: string;
  fingerprint: string;
  algorithm: string;
  /** Whose bucket it counts in. */
  requester: string;
  expiresAt: Date;
}

export interface ChallengeRepository {
  /**
   * Stores a challenge unless its requester has `limit` live ones; then says when the first of them ends. However many ask at once, no
   * more are stored.
   */
  issue(challenge: StoredChallenge, o: { limit: number; now: Date }): Promise<{ fullUntil: Date } | null>;
  /** Removes a challenge and gives it to this one caller; null when it is not there or too old. */
  take(nonceHash: string, now: Date): Promise<{ fingerprint: string; algorithm: string } | null>;
}

export function createChallengeRepository(database: Database): ChallengeRepository {
  return {
    async issue(challenge, { limit, now }) {
      const { nonceHash, fingerprint, algorithm, requester, expiresAt } = challenge;
      return await database.pgTransaction(async (client) => {
        // A statement sees what was committed when it began, so the lock is a statement of its own.
        await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('challenge:' || $1, 0))::text`, [requester]);
        const { rows } = await client.query<{ live: number; first: Date }>(
          `SELECT count(*)::int AS live, min(expires_at) AS first FROM auth_challenges
           WHERE fingerprint = $1 AND requester = $2 AND expires_at > $3::timestamptz`,
          [fingerprint, requester, now.toISOString()],
        );
        if (rows[0] !== undefined && rows[0].live >= limit) return { fullUntil: rows[0].first };
        await client.query(
          `INSERT INTO auth_challenges (nonce_hash, fingerprint, algorithm, requester, expires_at)
           VALUES ($1, $2, $3, $4, $5::timestamptz)`,
          [nonceHash, fingerprint, algorithm, requester, expiresAt.toISOString()],
        );
        return null;
      });
    },
    async take(nonceHash, now) {
      const { rows } = await database.pool.query<{ fingerprint: string; algorithm: string; expiresAt: Date }>(
        `DELETE FROM auth_challenges WHERE nonce_hash = $1
         RETURNING fingerprint, algorithm, expires_at AS "expiresAt"`,
        [nonceHash],
      );
      const taken = rows[0];
      return taken === undefined || taken.expiresAt <= now ? null : taken;
    },
  };
}
