import { PrismaClient, type Prisma } from '../generated/identity/client.ts';
import { openContext } from '../open/open-context.ts';
import type { ContextDatabase, DatabaseOptions } from '../open/types.ts';

export * from '../generated/identity/client.ts';
export type { DatabaseOptions, Who } from '../open/types.ts';

/** The tables of `identity`, reached as the role `identity_svc`. */
export type Database = ContextDatabase<PrismaClient, Prisma.TransactionClient>;

/** Opens the database for the service that owns `identity`. Connects when first used; call `assertSafeRole` at start-up. */
export function openDatabase(options: DatabaseOptions): Database {
  return openContext('identity', options, (adapter) => new PrismaClient({ adapter }));
}
