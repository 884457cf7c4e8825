import { PrismaClient, type Prisma } from '../generated/registry/client.ts';
import { openContext } from '../open/open-context.ts';
import type { ContextDatabase, DatabaseOptions } from '../open/types.ts';

export * from '../generated/registry/client.ts';
export type { DatabaseOptions, Who } from '../open/types.ts';

/** The tables of `registry`, reached as the role `registry_svc`. */
export type Database = ContextDatabase<PrismaClient, Prisma.TransactionClient>;

/** Opens the database for the service that owns `registry`. Connects when first used; call `assertSafeRole` at start-up. */
export function openDatabase(options: DatabaseOptions): Database {
  return openContext('registry', options, (adapter) => new PrismaClient({ adapter }));
}
