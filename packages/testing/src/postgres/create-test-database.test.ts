import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type TestDatabase, createTestDatabase } from './create-test-database.ts';
import { isStale } from './template.ts';

const databases: TestDatabase[] = [];
afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()));
});

async function make(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  databases.push(database);
  return database;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('createTestDatabase', () => {
  it('gives migrated databases that share nothing, also when many are asked for at once', async () => {
    const [one, two] = await Promise.all([make(), make(), make(), make()]);
    expect(one.url).not.toBe(two.url);
    await query(one.url, 'CREATE TABLE registry.only_here (id int)');
    const tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'registry'";
    expect(await query(one.url, tables)).toContainEqual({ table_name: 'assets' });
    expect(await query(two.url, tables)).toContainEqual({ table_name: 'assets' });
    expect(await query(two.url, tables)).not.toContainEqual({ table_name: 'only_here' });
  });

  it('drops a database in use, and twice', async () => {
    const { url, drop } = await make();
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    await drop();
    await drop();
    await expect(query(url, 'SELECT 1')).rejects.toThrow('does not exist');
    await client.end().catch(() => undefined);
  });
});

describe('isStale', () => {
  const daysAgo = (days: number): string =>
    new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');

  it.each([
    [`artdag_test_${daysAgo(0)}_abc`, false],
    [`artdag_test_${daysAgo(1)}_abc`, false],
    [`artdag_test_${daysAgo(3)}_abc`, true],
    [`artdag_test_tpl_${daysAgo(3)}_abc`, true],
    ['artdag', false],
    ['artdag_test', false],
    [`other_artdag_test_${daysAgo(3)}_abc`, false],
  ])('%s: %s', (name, stale) => {
    expect(isStale(name)).toBe(stale);
  });
});
