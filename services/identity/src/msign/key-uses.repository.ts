import type { Execute } from '@artdag/messaging';

export interface KeyUseRepository {
  /** Writes when keys were used last, unless a time within `everyMs` before is written already. */
  write(execute: Execute, uses: ReadonlyMap<string, Date>, everyMs: number): Promise<void>;
}

export const keyUseRepository: KeyUseRepository = { write };

// A row that somebody holds is being changed or written by another replica: this use can go unwritten, nobody waits for it.
const sql = `
  WITH used AS (SELECT * FROM unnest($1::text[], $2::timestamptz[]) AS u (id, at)),
  due AS (
    SELECT k.id, used.at FROM auth_keys k JOIN used USING (id)
    WHERE k.last_used_at IS NULL OR k.last_used_at <= used.at - make_interval(secs => $3::float8 / 1000)
    FOR NO KEY UPDATE OF k SKIP LOCKED
  )
  UPDATE auth_keys k SET last_used_at = due.at FROM due WHERE k.id = due.id`;

async function write(execute: Execute, uses: ReadonlyMap<string, Date>, everyMs: number): Promise<void> {
  const times = [...uses.values()].map((at) => at.toISOString());
  await execute(sql, [[...uses.keys()], times, everyMs]);
}
