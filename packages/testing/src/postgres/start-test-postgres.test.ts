import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { isReachable } from '../brokers.ts';
import { startTestPostgres } from './start-test-postgres.ts';

describe('startTestPostgres', () => {
  it('runs a server of its own and leaves nothing behind', async () => {
    const { url, stop } = await startTestPostgres();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    const folder = rows[0]?.data_directory ?? '';
    expect(existsSync(folder)).toBe(true);
    await client.end();
    await stop();
    expect(existsSync(folder)).toBe(false);
    expect(await isReachable(url)).toBe(false);
  });

  it('keeps what was committed through a crash, if told to, and is there again at the same address', async () => {
    const { url, restart, stop } = await startTestPostgres({ settings: { synchronous_commit: 'on' } });
    try {
      const client = new pg.Client({ connectionString: url });
      const broken = new Promise((resolve) => client.on('error', resolve));
      await client.connect();
      await client.query('CREATE TABLE kept AS SELECT 7 AS n');
      await client.query('BEGIN');
      await client.query('INSERT INTO kept VALUES (8)');
      const back = restart({ downMs: 500 });
      await broken;
      await back;
      const again = new pg.Client({ connectionString: url });
      await again.connect();
      expect((await again.query('SELECT n FROM kept')).rows).toEqual([{ n: 7 }]);
      await again.end();
    } finally {
      await stop();
    }
  });
});
