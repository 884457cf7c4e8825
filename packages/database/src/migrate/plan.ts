import type pg from 'pg';
import { contexts, migratorRole, type Context } from '../contexts.ts';
import { compare, type Comparison } from './compare.ts';
import { prismaFolder, readMigrations } from './migration-files.ts';
import { readHistory, readState, type ContextState } from './state.ts';

export interface PlanOptions {
  contexts?: readonly Context[];
  /** Where `<context>/migrations` are; default the package's own `prisma`. */
  migrationsRoot?: string;
  serviceLogins?: readonly string[];
}

export interface ContextPlan extends ContextState, Comparison {}

/** What there is and what is to be done, per context, in the order of `contexts`. Changes nothing. */
export async function readPlan(client: pg.Client, options: PlanOptions): Promise<ContextPlan[]> {
  const wanted = contexts.filter((context) => options.contexts?.includes(context) ?? true);
  const states = await readState(client, options.serviceLogins ?? []);
  const history = await readHistory(
    client,
    states
      .filter((state) => state.hasHistory && state.rolesReady && wanted.includes(state.context))
      .map((state) => state.context),
  );
  return Promise.all(
    wanted.map(async (context) => {
      const state = states.find((candidate) => candidate.context === context);
      if (!state) throw new Error(`No state was read for ${context}.`);
      const files = await readMigrations(context, options.migrationsRoot ?? prismaFolder);
      const comparison = compare(context, files, history.get(context) ?? []);
      comparison.problems.unshift(...accessProblems(state));
      return { ...state, ...comparison };
    }),
  );
}

function accessProblems({ context, schemaOwner, hasHistory, rolesReady }: ContextState): string[] {
  const owner = migratorRole(context);
  if (schemaOwner !== null && schemaOwner !== owner) {
    return [
      `The schema ${context} belongs to ${schemaOwner}, not to ${owner}: use a database of its own, or run ALTER SCHEMA ${context} OWNER TO ${owner}.`,
    ];
  }
  if (hasHistory && !rolesReady) return [`The login may not act as ${owner}: run GRANT ${owner} TO it.`];
  return [];
}
