import pg from 'pg';
import { MigrationError } from './migration-error.ts';

// Prisma's own key, so that `prisma migrate deploy` and this exclude each other.
const lockKey = 72707369;
const lockWaitMs = 60_000;

/**
 * Runs `work` on one connection that holds the database's migration lock. Others who migrate the same database wait; the
 * lock is the session's, so it goes with the connection however the process ends.
 */
export async function withMigrationLock<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return withClient(databaseUrl, async (client) => {
    try {
      // Commits need not reach the disk one by one: a crash can only lose the last ones, which are then applied again, and
      // the first commit of a service brings all before it to the disk.
      await client.query('SET synchronous_commit = off');
      await client.query(`SET lock_timeout = ${lockWaitMs}; SELECT pg_advisory_lock(${lockKey}); SET lock_timeout = 0`);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw error;
      throw new MigrationError(
        `Another process has held the migration lock for ${lockWaitMs / 1000} s. ` +
          'See who it is in pg_stat_activity (application_name artdag-migrate), then start again.',
      );
    }
    return work(client);
  });
}

/** Runs `work` on one connection and ends it. A connection that breaks in between rejects the query that needs it. */
export async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    application_name: 'artdag-migrate',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
