import { expect, it } from '@jest/globals';
import { executeWithPg, executeWithPrisma } from './execute.ts';

it('passes statements to pg and counts what it changed', async () => {
  const execute = executeWithPg({ query: async (sql, params) => ({ rows: [{ sql, params }], rowCount: null }) });
  expect(await execute('SELECT $1', [1])).toEqual({ rows: [{ sql: 'SELECT $1', params: [1] }], rowCount: 0 });
});

it('asks Prisma for rows when the statement gives some, and for a count otherwise', async () => {
  const execute = executeWithPrisma({
    $queryRawUnsafe: async <T>(sql: string, ...params: unknown[]) => [{ sql, params }] as T,
    $executeRawUnsafe: async (_sql, ...params) => params.length,
  });
  expect(await execute('INSERT INTO t VALUES ($1, $2)', ['a', 'b'])).toEqual({ rows: [], rowCount: 2 });
  expect((await execute(' select 1', [])).rowCount).toBe(1);
  const returning = 'UPDATE t SET x = $1 RETURNING x';
  expect(await execute(returning, [7])).toEqual({ rows: [{ sql: returning, params: [7] }], rowCount: 1 });
});
