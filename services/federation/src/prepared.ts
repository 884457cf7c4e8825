import { createHash } from 'node:crypto';
import type { Execute } from '@artdag/messaging';

/** What is needed of a `pg` pool or client. */
interface PreparingClient {
  query(statement: { name: string; text: string; values: unknown[] }): Promise<{
    rows: Record<string, unknown>[];
    rowCount: number | null;
  }>;
}

const names = new Map<string, string>();

function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(sql).digest('base64url').slice(0, 20);
  names.set(sql, name);
  return name;
}

/**
 * Statements that each connection reads and plans once, for paths that run the same few thousands of times: planning costs as much as they do
 * themselves. For constant texts only: every one of them is kept.
 */
export function executePrepared(client: PreparingClient): Execute {
  return async (sql, params) => {
    const { rows, rowCount } = await client.query({ name: nameOf(sql), text: sql, values: [...params] });
    return { rows, rowCount: rowCount ?? 0 };
  };
}
