import type { Execute } from '@artdag/messaging';

export type RuleKind = 'blocked' | 'allowed';

export interface HostRule {
  host: string;
  reason: string | null;
  created_at: Date;
}

const tables = { blocked: 'blocked_hosts', allowed: 'allowed_hosts' };

/** Answers false when there is one already; its reason is the new one then, if one is given. */
export async function insertRule(
  execute: Execute,
  kind: RuleKind,
  rule: { host: string; reason: string | null; now: Date },
): Promise<boolean> {
  const insert = `
INSERT INTO ${tables[kind]} AS r (host, reason, created_at) VALUES ($1, $2, $3)
ON CONFLICT (host) DO UPDATE SET reason = coalesce(EXCLUDED.reason, r.reason) RETURNING (xmax = 0) AS is_new`;
  return (await execute(insert, [rule.host, rule.reason, rule.now])).rows[0]?.['is_new'] === true;
}

/** Answers false when there was none. */
export async function deleteRule(execute: Execute, kind: RuleKind, host: string): Promise<boolean> {
  return (await execute(`DELETE FROM ${tables[kind]} WHERE host = $1`, [host])).rowCount > 0;
}

export async function listRules(execute: Execute, kind: RuleKind, limit: number): Promise<HostRule[]> {
  const list = `SELECT host, reason, created_at FROM ${tables[kind]} ORDER BY host LIMIT $1`;
  const { rows } = await execute(list, [limit]);
  return rows.map((row) => ({
    host: String(row['host']),
    reason: row['reason'] as string | null,
    created_at: row['created_at'] as Date,
  }));
}
