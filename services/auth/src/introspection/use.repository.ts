import type { Database } from '@artdag/database/auth';

export interface UseRepository {
  /** Writes that sessions (`ses_…`) and API tokens (`tok_…`) are in use, each at most once a minute. Ids of nothing are passed over. */
  noteUse(ids: readonly string[], now: Date): Promise<void>;
}

// Rows that somebody has locked are in use elsewhere at this moment: they are left to the next time.
const touchSessions = `UPDATE sessions s SET last_activity_at = $2::timestamptz
  FROM (SELECT id FROM sessions WHERE id = ANY($1) AND is_valid AND last_activity_at <= $2::timestamptz - interval '1 minute'
        FOR NO KEY UPDATE SKIP LOCKED) AS idle
  WHERE s.id = idle.id`;

const touchTokens = `UPDATE api_tokens t SET last_used_at = $2::timestamptz
  FROM (SELECT id FROM api_tokens
        WHERE id = ANY($1) AND (last_used_at IS NULL OR last_used_at <= $2::timestamptz - interval '1 minute')
        FOR NO KEY UPDATE SKIP LOCKED) AS idle
  WHERE t.id = idle.id`;

/** The gateway says it of everybody at once. */
const system = { system: true };

export function createUseRepository(database: Database): UseRepository {
  return {
    async noteUse(ids, now) {
      const of = (prefix: string): string[] => ids.filter((id) => id.startsWith(prefix));
      const [sessions, tokens] = [of('ses_'), of('tok_')];
      if (sessions.length > 0) {
        await database.pgStatement({ name: 'use_sessions', text: touchSessions, values: [sessions, now] }, system);
      }
      if (tokens.length > 0) {
        await database.pgStatement({ name: 'use_tokens', text: touchTokens, values: [tokens, now] }, system);
      }
    },
  };
}
