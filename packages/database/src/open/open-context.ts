import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { Context } from '../contexts.ts';
import { ownerSettings } from './owner.ts';
import { pgStatement, pgTransaction } from './pg-transaction.ts';
import { createPool } from './pool.ts';
import { assertSafeRole } from './safe-role.ts';
import type { ContextDatabase, DatabaseOptions } from './types.ts';

interface RawTransaction {
  $queryRawUnsafe(sql: string, ...values: unknown[]): Promise<unknown>;
}

interface TransactionOptions {
  maxWait: number;
  timeout: number;
}

interface PrismaClientLike<Transaction> {
  $transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions): Promise<T>;
  $disconnect(): Promise<void>;
}

// Prisma's own defaults (2 s, 5 s) abort good work on a busy machine.
const transactionOptions = { maxWait: 5_000, timeout: 15_000 };

// `pg` reads a statement's own `query_timeout`; its types do not know it.
const pingQuery: pg.QueryConfig & { query_timeout: number } = { text: 'SELECT 1', query_timeout: 3_000 };

/**
 * What every context's `openDatabase` is made of. Opens nothing yet: connections are made when first needed.
 *
 * @param createClient makes the context's generated client over the adapter it gets
 */
export function openContext<Client extends PrismaClientLike<Transaction>, Transaction extends RawTransaction>(
  context: Context,
  options: DatabaseOptions,
  createClient: (adapter: PrismaPg) => Client,
): ContextDatabase<Client, Transaction> {
  const pool = createPool(context, options);
  const prisma = createClient(new PrismaPg(pool, { schema: context }));
  return {
    prisma,
    pool,
    transaction: (work) => prisma.$transaction(work, transactionOptions),
    asOwner: (who, work) =>
      prisma.$transaction(async (tx) => {
        const settings = ownerSettings(who);
        const calls = settings.map((_, i) => `set_config($${2 * i + 1}, $${2 * i + 2}, true)`);
        await tx.$queryRawUnsafe(`SELECT ${calls.join(', ')}`, ...settings.flat());
        return work(tx);
      }, transactionOptions),
    pgTransaction: (work, who) => pgTransaction(pool, work, who),
    pgStatement: (statement, who) => pgStatement(pool, statement, who),
    ping: async () => {
      await pool.query(pingQuery);
    },
    assertSafeRole: () => assertSafeRole(pool, context),
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
