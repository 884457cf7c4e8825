import { PrismaClient, type Prisma } from '../generated/bridge/client.ts';
import { openContext } from '../open/open-context.ts';
import type { ContextDatabase, DatabaseOptions } from '../open/types.ts';

export * from '../generated/bridge/client.ts';
export type { DatabaseOptions, Who } from '../open/types.ts';

/** The tables of `bridge`, reached as the role `bridge_svc`. */
export type Database = ContextDatabase<PrismaClient, Prisma.TransactionClient>;

/** Opens the database for the service that owns `bridge`. Connects when first used; call `assertSafeRole` at start-up. */
export function openDatabase(options: DatabaseOptions): Database {
  return openContext('bridge', options, (adapter) => new PrismaClient({ adapter }));
}
