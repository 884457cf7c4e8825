import type pg from 'pg';
import { serviceRole, type Context } from '../contexts.ts';

interface RoleRow {
  role: string;
  superuser: boolean;
  bypassrls: boolean;
  owns_tables: boolean;
}

const roleQuery = `
  SELECT current_user AS role, rolsuper AS superuser, rolbypassrls AS bypassrls,
         EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = to_regnamespace($1) AND c.relowner = r.oid) AS owns_tables
  FROM pg_roles r WHERE rolname = current_user`;

/** Throws unless the connections act as `<context>_svc` and row-level security binds that role. */
export async function assertSafeRole(pool: pg.Pool, context: Context): Promise<void> {
  const expected = serviceRole(context);
  const { rows } = await pool.query<RoleRow>(roleQuery, [context]);
  const row = rows[0];
  const problem = row ? weaknessOf(row, expected) : 'acts as an unknown role';
  if (problem === undefined) return;
  throw new Error(
    `The database connection of ${context} ${problem}. ` +
      `It has to act as ${expected}, without SUPERUSER and BYPASSRLS and without owning tables; run the migrations with a login that may create roles.`,
  );
}

function weaknessOf(row: RoleRow, expected: string): string | undefined {
  if (row.superuser) return `acts as ${row.role}, which is a superuser`;
  if (row.bypassrls) return `acts as ${row.role}, which bypasses row-level security`;
  if (row.owns_tables) return `acts as ${row.role}, which owns tables of the schema`;
  return row.role === expected ? undefined : `acts as ${row.role}`;
}
