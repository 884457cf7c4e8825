import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { migratorRole, type Context } from '../contexts.ts';
import { MigrationError } from './migration-error.ts';
import type { Migration } from './migration-files.ts';

// Waiting longer for a table would make everything that uses it wait behind the migration.
const tableLockWaitMs = 10_000;

// As Prisma creates it, so that its tools can read what was applied.
const historyTable = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

/** Creates the context's schema, owned by its migrator, and the table of what was applied. */
export async function createSchema(client: pg.Client, context: Context): Promise<void> {
  await client.query(
    `BEGIN; CREATE SCHEMA IF NOT EXISTS ${context} AUTHORIZATION ${migratorRole(context)}; ${asMigrator(context)}; ${historyTable}; COMMIT`,
  );
}

/** Applies one migration and records it, in one transaction, as the context's migrator. */
export async function applyMigration(client: pg.Client, context: Context, migration: Migration): Promise<void> {
  await client.query(`BEGIN; ${asMigrator(context)}`);
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw explain(error, context, migration);
  }
}

/** For the transaction: the migrator's role and schema, and all rows visible, so that data can be moved under row-level security. */
function asMigrator(context: Context): string {
  return [
    `SET LOCAL ROLE ${migratorRole(context)}`,
    `SET LOCAL search_path = ${context}`,
    `SET LOCAL app.system = 'on'`,
    `SET LOCAL lock_timeout = ${tableLockWaitMs}`,
  ].join('; ');
}

function explain(error: unknown, context: Context, migration: Migration): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const line = error.position ? migration.sql.slice(0, Number(error.position)).split('\n').length : undefined;
  const place = line === undefined ? '' : `, line ${line}`;
  return new MigrationError(
    `prisma/${context}/migrations/${migration.name}/migration.sql${place}: ${error.message}. Nothing of it was applied.`,
    { cause: error },
  );
}
