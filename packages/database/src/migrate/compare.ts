import type { Context } from '../contexts.ts';
import type { Migration } from './migration-files.ts';
import type { AppliedMigration } from './state.ts';

export interface Comparison {
  applied: string[];
  pending: Migration[];
  /** Why nothing may be applied, each a sentence that says what to do. */
  problems: string[];
}

/** Holds a context's migration files against what its database says was applied. */
export function compare(
  context: Context,
  files: readonly Migration[],
  history: readonly AppliedMigration[],
): Comparison {
  const byName = new Map(files.map((file) => [file.name, file]));
  const applied = new Set(history.map((row) => row.name));
  return {
    applied: [...applied],
    pending: files.filter((file) => !applied.has(file.name)),
    problems: history.flatMap((row) => problemOf(context, row, byName.get(row.name)) ?? []),
  };
}

function problemOf(context: Context, row: AppliedMigration, file: Migration | undefined): string | undefined {
  const where = `prisma/${context}/migrations/${row.name}`;
  if (!file) {
    return `${where} was applied to this database but is not in this version: run the version that has it, and never delete an applied migration.`;
  }
  if (file.checksum !== row.checksum) {
    return `${where}/migration.sql was changed after it was applied (SHA-256 ${row.checksum} then, ${file.checksum} now): restore the file and put the change into a new migration.`;
  }
  if (!row.finished) {
    return `${where} was begun by another tool and not finished: repair the schema by hand, then set finished_at or rolled_back_at in ${context}._prisma_migrations.`;
  }
  return undefined;
}
