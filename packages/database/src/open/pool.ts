import pg from 'pg';
import { serviceRole, type Context } from '../contexts.ts';
import type { DatabaseOptions } from './types.ts';

// Also how long a request waits for a free connection of a busy pool.
const connectTimeoutMs = 5_000;
const statementTimeoutMs = 30_000;
// Later than the server's own limit: it is for a server that no longer answers at all.
const answerTimeoutMs = statementTimeoutMs + 5_000;

/** A pool whose connections act as the context's service role and see its schema only. It outlives a restart of the server. */
export function createPool(context: Context, options: DatabaseOptions): pg.Pool {
  const { url, startupOptions } = splitOptions(options.databaseUrl);
  const pool = new pg.Pool({
    connectionString: url,
    options: [
      startupOptions,
      `-c role=${serviceRole(context)}`,
      `-c search_path=${context}`,
      `-c statement_timeout=${statementTimeoutMs}`,
      // A process that is stopped inside a transaction would keep its locks.
      `-c idle_in_transaction_session_timeout=${statementTimeoutMs}`,
    ].join(' '),
    application_name: options.applicationName ?? `artdag-${context}`,
    max: options.max ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: answerTimeoutMs,
    keepAlive: true,
    // Sends what is asked without waiting for the answers before it (`pgStatement`).
    pipeline: true,
  });
  // Once the pool is closing, its connections end anyway, whoever is first to say so.
  pool.on('error', (error) => void (pool.ending || options.onConnectionLost?.(error)));
  // A connection lost while a transaction holds it emits too; its next query rejects, which is what the caller sees.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** `pg` lets `options` of the URL replace ours: take them out and put them in front. Prisma's `schema` is no business of ours. */
function splitOptions(databaseUrl: string): { url: string; startupOptions: string } {
  const url = new URL(databaseUrl);
  const startupOptions = url.searchParams.get('options') ?? '';
  for (const name of ['options', 'schema']) url.searchParams.delete(name);
  return { url: url.href, startupOptions };
}
