/** The contexts that own tables. Each has a PostgreSQL schema of this name and two roles. */
export const contexts = ['auth', 'identity', 'registry', 'federation', 'bridge'] as const;

export type Context = (typeof contexts)[number];

/** Owns the schema and its tables; only migrations act as it. */
export function migratorRole(context: Context): string {
  return `${context}_migrator`;
}

/** What the service acts as: DML on its own schema, nothing else, and bound by row-level security. */
export function serviceRole(context: Context): string {
  return `${context}_svc`;
}
