import pg from 'pg';

/** How many rows each table has that a registration writes to. */
export type RegisteredRows = Record<string, number>;

export interface RegisteredRowCounter {
  count(): Promise<RegisteredRows>;
  /** As an operator does; services see it within a second. */
  disableL1(url: string): Promise<void>;
  close(): Promise<void>;
}

/* Leaves of keys have no salt, and come when they come. */
const counted = [
  'assets',
  'content_owners',
  'activities',
  'log_salts',
  'runs',
  'run_inputs',
  'outbox',
  'idempotency_keys',
];
const statement = `SELECT ${counted.map((table) => `(SELECT count(*)::int FROM registry.${table}) AS ${table}`).join(', ')}`;

/** Sees through row-level security, as a superuser does. */
export async function openRegisteredRowCounter(databaseUrl: string): Promise<RegisteredRowCounter> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return {
    async count() {
      const { rows } = await client.query<RegisteredRows>(statement);
      return rows[0] ?? {};
    },
    async disableL1(url) {
      await client.query(`UPDATE bridge.l1_servers SET status = 'disabled' WHERE url = $1`, [url]);
    },
    close: () => client.end(),
  };
}
