import { PrismaClient, type Prisma } from '../generated/federation/client.ts';
import { openContext } from '../open/open-context.ts';
import type { ContextDatabase, DatabaseOptions } from '../open/types.ts';

export * from '../generated/federation/client.ts';
export type { DatabaseOptions, Who } from '../open/types.ts';

/** The tables of `federation`, reached as the role `federation_svc`. */
export type Database = ContextDatabase<PrismaClient, Prisma.TransactionClient>;

/** Opens the database for the service that owns `federation`. Connects when first used; call `assertSafeRole` at start-up. */
export function openDatabase(options: DatabaseOptions): Database {
  return openContext('federation', options, (adapter) => new PrismaClient({ adapter }));
}
