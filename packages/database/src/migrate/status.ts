import type { Context } from '../contexts.ts';
import { readPlan, type PlanOptions } from './plan.ts';
import { withClient } from './session.ts';

export interface ContextStatus {
  context: Context;
  applied: string[];
  pending: string[];
  /** Why `migrate` would refuse; empty when it would not. */
  problems: string[];
}

/** What is applied and what is not, without waiting for the lock and without changing anything. */
export async function migrationStatus(options: PlanOptions & { databaseUrl: string }): Promise<ContextStatus[]> {
  const plan = await withClient(options.databaseUrl, (client) => readPlan(client, options));
  return plan.map(({ context, applied, pending, problems }) => ({
    context,
    applied,
    pending: pending.map((migration) => migration.name),
    problems,
  }));
}
