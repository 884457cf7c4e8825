/**
 * Runs one statement on the connection that its maker chose: a transaction, or a pool for autocommit statements. Table names are
 * unqualified in what this package runs; the connection's `search_path` is the context's schema.
 */
export type Execute = (
  sql: string,
  params: readonly unknown[],
) => Promise<{ rows: Record<string, unknown>[]; rowCount: number }>;

/** What is needed of a `pg` pool or client. */
export interface PgClient {
  query(sql: string, params: unknown[]): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;
}

/** What is needed of a Prisma client or transaction client. */
export interface PrismaTransaction {
  $queryRawUnsafe<T>(sql: string, ...params: unknown[]): PromiseLike<T>;
  $executeRawUnsafe(sql: string, ...params: unknown[]): PromiseLike<number>;
}

/** Statements on a `pg` client (its open transaction) or on a pool (autocommit). */
export function executeWithPg(client: PgClient): Execute {
  return async (sql, params) => {
    const { rows, rowCount } = await client.query(sql, [...params]);
    return { rows, rowCount: rowCount ?? 0 };
  };
}

const GIVES_ROWS = /^\s*select\b|\breturning\b/i;

/** Statements on a Prisma transaction. Prisma counts rows or returns them, never both, so the statement's text decides. */
export function executeWithPrisma(tx: PrismaTransaction): Execute {
  return async (sql, params) => {
    if (!GIVES_ROWS.test(sql)) return { rows: [], rowCount: await tx.$executeRawUnsafe(sql, ...params) };
    const rows = await tx.$queryRawUnsafe<Record<string, unknown>[]>(sql, ...params);
    return { rows, rowCount: rows.length };
  };
}
