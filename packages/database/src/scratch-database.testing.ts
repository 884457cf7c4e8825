import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from './migrate/index.ts';

/** The server that the tests use, and the database on it from which others are created. */
export const serverUrl = process.env['TEST_DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

export interface ScratchDatabase {
  url: string;
  /** Runs SQL as the server's login, by `role` when one is given; several statements answer with the last one's rows. */
  run(sql: string, role?: string): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

export function scratchName(): string {
  return `artdag_scratch_${randomBytes(6).toString('hex')}`;
}

/** A database of the test's own, empty or migrated. */
export async function createScratchDatabase(o: { migrated: boolean }): Promise<ScratchDatabase> {
  const name = scratchName();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await runOnce(serverUrl, `CREATE DATABASE ${name}`);
  if (o.migrated) await migrate({ databaseUrl: url.href });
  return {
    url: url.href,
    run: (sql, role) => runOnce(url.href, role === undefined ? sql : `SET ROLE ${role}; ${sql}`),
    drop: async () => {
      await runOnce(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** One connection, one simple query. */
export async function runOnce(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    // A simple query of several statements answers with an array, which the types do not tell.
    const answer = (await client.query(sql)) as unknown as pg.QueryResult | pg.QueryResult[];
    return (Array.isArray(answer) ? answer.at(-1)?.rows : answer.rows) ?? [];
  } finally {
    await client.end();
  }
}

/** The message of what `work` rejects with; throws when it does not. */
export async function rejection(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (outcome === undefined) throw new Error('It was expected to be refused, and was not.');
  return outcome;
}
