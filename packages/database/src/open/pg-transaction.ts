import type pg from 'pg';
import { beginStatement } from './owner.ts';
import type { Who } from './types.ts';

/** Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it rejects. */
export async function pgTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  who?: Who,
): Promise<T> {
  const begin = beginStatement(who);
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    refuseRollback(await client.query('COMMIT'));
    return result;
  } catch (error) {
    broken = await client.query('ROLLBACK').then(() => undefined, toError);
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * One statement in a transaction of its own, everything sent at once. A COMMIT behind a failed statement ends the
 * transaction as a ROLLBACK, so nothing has to follow.
 */
export async function pgStatement<R extends pg.QueryResultRow>(
  pool: pg.Pool,
  statement: pg.QueryConfig,
  who?: Who,
): Promise<pg.QueryResult<R>> {
  const begin = beginStatement(who);
  const client = await pool.connect();
  const [begun, result, committed] = await Promise.allSettled([
    client.query(begin),
    client.query<R>(statement),
    client.query('COMMIT'),
  ]);
  client.release(committed.status === 'rejected' ? toError(committed.reason) : undefined);
  if (begun.status === 'rejected') throw begun.reason;
  if (result.status === 'rejected') throw result.reason;
  if (committed.status === 'rejected') throw committed.reason;
  refuseRollback(committed.value);
  return result.value;
}

/** After a failed statement whose error was swallowed, PostgreSQL answers COMMIT with ROLLBACK and no error. */
function refuseRollback(committed: pg.QueryResult): void {
  if (committed.command !== 'COMMIT') {
    throw new Error('The transaction was rolled back, not committed: a statement in it had failed before.');
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
