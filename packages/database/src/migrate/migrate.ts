import { migratorRole, serviceRole } from '../contexts.ts';
import { applyMigration, createSchema } from './apply.ts';
import { MigrationError } from './migration-error.ts';
import { readPlan, type PlanOptions } from './plan.ts';
import { ensureRoles } from './roles.ts';
import { withMigrationLock } from './session.ts';

export interface MigrateOptions extends PlanOptions {
  /** A login that may create schemas in the database and roles, or that the roles were granted to. */
  databaseUrl: string;
  log?: (line: string) => void;
}

/**
 * Brings the database up to date: roles, schemas, and every migration that is not applied yet, each in a transaction of its
 * own. Any number of processes may call it at once; one works, the others wait and find nothing left.
 *
 * @returns the names of what was applied, `<context>/<migration>`
 * @throws {MigrationError} when an applied migration is missing or was changed, and before anything is applied
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  return withMigrationLock(options.databaseUrl, async (client) => {
    let plan = await readPlan(client, options);
    const withoutRoles = plan.filter((entry) => !entry.rolesReady).map((entry) => entry.context);
    if (withoutRoles.length > 0) {
      await ensureRoles(client, {
        migrators: withoutRoles.map(migratorRole),
        services: withoutRoles.map(serviceRole),
        serviceLogins: options.serviceLogins ?? [],
      });
      plan = await readPlan(client, options);
    }
    const problems = plan.flatMap((entry) => entry.problems);
    if (problems.length > 0) throw new MigrationError(problems.join('\n'));
    const applied: string[] = [];
    for (const { context, hasHistory, pending } of plan) {
      if (!hasHistory) await createSchema(client, context);
      for (const migration of pending) {
        await applyMigration(client, context, migration);
        applied.push(`${context}/${migration.name}`);
        options.log?.(`applied ${context}/${migration.name}`);
      }
    }
    return { applied };
  });
}
