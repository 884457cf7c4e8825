import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { executeWithPg, type Execute } from '../execute.ts';
import { testUrls } from './config.testing.ts';
import { eventually } from './eventually.testing.ts';

export interface OpsDatabase {
  readonly pool: pg.Pool;
  /** Autocommit. */
  readonly execute: Execute;
  readonly transaction: <R>(work: (execute: Execute) => Promise<R>) => Promise<R>;
  /** Rows of a query. */
  rows(sql: string, params?: unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** The tables of every writing context that this package works on, and one for effects: twice the same is an error. */
const TABLES = `
CREATE TABLE outbox (id text PRIMARY KEY, type text NOT NULL, routing_key text NOT NULL, payload text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(), published_at timestamptz, claimed_until timestamptz);
CREATE INDEX outbox_unpublished ON outbox (created_at) WHERE published_at IS NULL;
CREATE TABLE processed_events (consumer text, event_id text, processed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, event_id));
CREATE TABLE effects (consumer text, event_id text, PRIMARY KEY (consumer, event_id));`;

/** A database of the test's own. */
export async function createOpsDatabase(): Promise<OpsDatabase> {
  const name = `test_messaging_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  await asAdmin(`CREATE DATABASE ${name}`);
  const url = new URL(testUrls.database);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 8 });
  await pool.query(TABLES);
  return {
    pool,
    execute: executeWithPg(pool),
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const result = await work(executeWithPg(client));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
    rows: async (sql, params = []) => (await pool.query(sql, params)).rows,
    async drop() {
      await pool.end();
      // Sessions end a moment after their pool; ending them by force would surface as errors in their clients.
      await eventually('database dropped', () => asAdmin(`DROP DATABASE ${name}`).then(() => true, isBusy));
    },
  };
}

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: testUrls.database });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** False, for another try, when others are still connected; anything else is an error. */
function isBusy(error: unknown): boolean {
  if (error instanceof pg.DatabaseError && error.code === '55006') return false;
  throw error;
}
