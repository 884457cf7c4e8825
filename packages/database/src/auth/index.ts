import { PrismaClient, type Prisma } from '../generated/auth/client.ts';
import { openContext } from '../open/open-context.ts';
import type { ContextDatabase, DatabaseOptions } from '../open/types.ts';

export * from '../generated/auth/client.ts';
export type { DatabaseOptions, Who } from '../open/types.ts';

/** The tables of `auth`, reached as the role `auth_svc`. */
export type Database = ContextDatabase<PrismaClient, Prisma.TransactionClient>;

/** Opens the database for the service that owns `auth`. Connects when first used; call `assertSafeRole` at start-up. */
export function openDatabase(options: DatabaseOptions): Database {
  return openContext('auth', options, (adapter) => new PrismaClient({ adapter }));
}
