import type pg from 'pg';

/** What autovacuum does within a minute: until then, statements are planned for the empty tables that a run begins with. */
export async function analyze(client: pg.Client): Promise<void> {
  await client.query('ANALYZE');
}
