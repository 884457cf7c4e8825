import type { Database } from '@artdag/database/registry';

export interface NameKeyRepository {
  /** The sealed key. */
  find(): Promise<string | null>;
  /** Unless there is one. */
  insert(sealed: string): Promise<void>;
  /** Unless somebody else was faster. */
  replace(former: string, sealed: string): Promise<void>;
  /** Whether a name is kept under it. */
  isUsed(): Promise<boolean>;
  /** When the name of this digest was erased; null when it was not. */
  closedAt(digest: Buffer): Promise<Date | null>;
}

const closedAt = { name: 'find_closed_name', text: 'SELECT closed_at FROM closed_names WHERE digest = $1' };

export function createNameKeyRepository({ pool }: Database): NameKeyRepository {
  return {
    async find() {
      return (await pool.query<{ sealed: string }>('SELECT sealed FROM name_key')).rows[0]?.sealed ?? null;
    },
    async insert(sealed) {
      await pool.query('INSERT INTO name_key (sealed) VALUES ($1) ON CONFLICT (id) DO NOTHING', [sealed]);
    },
    async replace(former, sealed) {
      await pool.query('UPDATE name_key SET sealed = $2 WHERE sealed = $1', [former, sealed]);
    },
    async isUsed() {
      const { rows } = await pool.query<{ used: boolean }>('SELECT EXISTS (SELECT FROM closed_names) AS used');
      return rows[0]?.used === true;
    },
    async closedAt(digest) {
      const { rows } = await pool.query<{ closed_at: Date }>({ ...closedAt, values: [digest] });
      return rows[0]?.closed_at ?? null;
    },
  };
}
