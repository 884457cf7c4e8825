import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';

const DATABASE_PACKAGE = new URL('../../../database/', import.meta.url);
const STALE_DAYS = 1;
const DAY_MS = 86_400_000;
/** `artdag_test_[tpl_]<yyyymmdd>_<rest>`: the day says when it may be swept. */
const OURS = /^artdag_test_(?:tpl_)?(\d{4})(\d{2})(\d{2})_/;

export function today(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '');
}

/** The template's name changes with whatever makes it: migrations and the migrator. */
export function templateName(): string {
  const hash = createHash('sha256');
  for (const folder of ['prisma/', 'src/migrate/']) {
    const root = fileURLToPath(new URL(folder, DATABASE_PACKAGE));
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(sql|ts)$/.test(file));
    for (const file of files.toSorted()) hash.update(file).update(readFileSync(root + file));
  }
  return `artdag_test_tpl_${today()}_${hash.digest('hex').slice(0, 12)}`;
}

/**
 * Makes the template database unless it is there, and sweeps what runs of earlier days left behind. `client` is
 * connected to another database of the server; an advisory lock there lets one worker work while the others wait.
 */
export async function ensureTemplate(client: pg.Client, name: string, urlOf: (name: string) => string): Promise<void> {
  if (await isComplete(client, name)) return;
  await client.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
  try {
    if (await isComplete(client, name)) return;
    await sweep(client);
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    const { migrate } = await import('@artdag/database/migrate');
    await migrate({ databaseUrl: urlOf(name) });
    // The flag says that it is complete; without connections nothing stands in the way of copying it.
    await client.query(`ALTER DATABASE ${name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  } finally {
    await client.query('SELECT pg_advisory_unlock(hashtext($1))', [name]);
  }
}

async function isComplete(client: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1 AND datistemplate', [name]);
  return rowCount === 1;
}

async function sweep(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
  for (const name of rows.map((row) => row.datname).filter(isStale)) {
    // A neighbour that sweeps at the same moment may be faster.
    await client.query(`ALTER DATABASE ${name} WITH IS_TEMPLATE false`).catch(() => undefined);
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => undefined);
  }
}

/** Whether a database is a test's, of the day before yesterday or earlier. */
export function isStale(name: string): boolean {
  const [, year, month, day] = OURS.exec(name) ?? [];
  if (year === undefined) return false;
  const madeAt = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  return Date.now() - madeAt > (STALE_DAYS + 1) * DAY_MS;
}
