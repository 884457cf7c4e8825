import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { contexts, migratorRole, serviceRole } from './contexts.ts';
import { createScratchDatabase, rejection, type ScratchDatabase } from './scratch-database.testing.ts';

let database: ScratchDatabase;
beforeAll(async () => {
  database = await createScratchDatabase({ migrated: true });
});
afterAll(() => database.drop());

async function tablesOf(context: string): Promise<string[]> {
  const rows = await database.run(`SELECT tablename FROM pg_tables WHERE schemaname = '${context}' ORDER BY 1`);
  return rows.map((row) => `${context}.${String(row['tablename'])}`);
}

const pairs = contexts.flatMap((own) => contexts.filter((other) => other !== own).map((other) => ({ own, other })));

/** What each statement is answered with when `role` runs it, all on one connection. */
async function answersTo(role: string, statements: string[]): Promise<Set<string>> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`SET ROLE ${role}`);
    const answers = new Set<string>();
    for (const sql of statements) {
      const answer = client.query(sql).then(() => `done: ${sql}`);
      answers.add(await answer.catch((error: unknown) => (error instanceof Error ? error.message : String(error))));
    }
    return answers;
  } finally {
    await client.end();
  }
}

describe('a context cannot reach another one by raw SQL', () => {
  it.each(pairs)('$own → $other: permission denied', async ({ own, other }) => {
    const tables = await tablesOf(other);
    expect(tables.length).toBeGreaterThan(3);
    const statements = tables.flatMap((table) => [
      `SELECT FROM ${table}`,
      `INSERT INTO ${table} DEFAULT VALUES`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table}`,
      `DROP TABLE ${table}`,
    ]);
    statements.push(`CREATE TABLE ${other}.mine (id int)`);
    for (const role of [serviceRole(own), migratorRole(own)]) {
      expect(await answersTo(role, statements)).toEqual(new Set([`permission denied for schema ${other}`]));
    }
  });
});

describe('a service role in its own schema', () => {
  it.each(contexts)('%s cannot change what its tables are', async (context) => {
    const role = serviceRole(context);
    expect(await rejection(database.run(`CREATE TABLE ${context}.mine (id int)`, role))).toMatch(/^permission denied/);
    expect(await rejection(database.run(`DROP TABLE ${context}.outbox`, role))).toMatch(/^must be owner/);
    expect(await rejection(database.run(`TRUNCATE ${context}.outbox`, role))).toMatch(/^permission denied/);
    expect(await rejection(database.run(`TABLE ${context}._prisma_migrations`, role))).toMatch(/^permission denied/);
  });

  it.each(contexts)('%s, logged in as itself, cannot become its migrator', async (context) => {
    const become = `SET SESSION AUTHORIZATION ${serviceRole(context)}; SET ROLE ${migratorRole(context)}`;
    expect(await rejection(database.run(become))).toMatch(/^permission denied to set role/);
  });

  it.each([
    ['registry', 'UPDATE activities SET document = document'],
    ['registry', 'DELETE FROM activities'],
    ['registry', 'UPDATE log_entries SET leaf = leaf'],
    ['registry', 'DELETE FROM log_entries'],
    ['registry', 'UPDATE log_tiles SET level = level'],
    ['registry', 'DELETE FROM log_tiles'],
    ['registry', 'UPDATE log_checkpoints SET note = note'],
    ['registry', 'DELETE FROM log_checkpoints'],
    ['registry', 'UPDATE log_keys SET vkey = vkey'],
    ['registry', 'DELETE FROM log_keys'],
    ['registry', 'UPDATE log_salts SET salt = salt'],
    ['registry', 'INSERT INTO log_state (id) VALUES (true)'],
    ['registry', "UPDATE activities SET proof = '{}', erased_at = now()"],
    ['registry', "INSERT INTO closed_names (digest, closed_at) VALUES ('x', now())"],
    ['registry', "UPDATE closed_names SET digest = 'x'"],
    ['registry', 'DELETE FROM closed_names'],
    ['registry', "UPDATE ended_actors SET actor_id = 'user:b'"],
    ['registry', 'DELETE FROM ended_actors'],
    ['registry', 'DELETE FROM name_key'],
    ['federation', "UPDATE publications SET ap_actor_id = 'x'"],
    ['registry', 'DELETE FROM log_state'],
    ['registry', 'DELETE FROM assets'],
    ['registry', "UPDATE content_owners SET owner_actor_id = 'user:b'"],
    ['registry', 'DELETE FROM content_owners'],
    ['registry', "UPDATE storage_checks SET result = 'present'"],
    ['auth', 'DELETE FROM actors'],
    ['auth', 'DELETE FROM users'],
    ['identity', 'DELETE FROM actor_keys'],
  ])('%s: %s is refused', async (context, sql) => {
    expect(await rejection(database.run(`SET search_path = ${context}; ${sql}`, `${context}_svc`))).toMatch(
      /^permission denied for table/,
    );
  });
});
