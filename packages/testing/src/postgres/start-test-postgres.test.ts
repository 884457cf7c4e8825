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
  }, 30_000);
});
