import pg from 'pg';
import { testConfig } from '../config.ts';
import { randomName } from '../random.ts';
import { ensureTemplate, templateName, today } from './template.ts';

export interface TestDatabase {
  url: string;
  /** Ends its connections and removes it. */
  drop: () => Promise<void>;
}

/**
 * A new database with all migrations applied, copied from a template that the first test of a run makes.
 *
 * @param o.serverUrl a superuser's; default: TEST_DATABASE_URL (127.0.0.1:5432, user postgres)
 */
export async function createTestDatabase(o: { serverUrl?: string } = {}): Promise<TestDatabase> {
  const server = o.serverUrl ?? testConfig().databaseUrl;
  const urlOf = (database: string): string => Object.assign(new URL(server), { pathname: `/${database}` }).href;
  const name = `artdag_test_${today()}_${randomName()}`;
  await withServer(server, async (client) => {
    const template = templateName();
    await ensureTemplate(client, template, urlOf);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  return {
    url: urlOf(name),
    drop: () =>
      withServer(server, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

async function withServer(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 60_000 });
  try {
    await client.connect();
  } catch (cause) {
    const { host, port } = client;
    throw new Error(`no PostgreSQL for tests at ${host}:${port}: run npm test, or set TEST_DATABASE_URL`, { cause });
  }
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
