import type pg from 'pg';
import { contexts, migratorRole, serviceRole, type Context } from '../contexts.ts';

/** What the server has of a context before anything is done. */
export interface ContextState {
  context: Context;
  /** Both roles exist and the login, and everybody in `serviceLogins`, may become them. */
  rolesReady: boolean;
  /** Owner of the schema; null when there is none yet. */
  schemaOwner: string | null;
  hasHistory: boolean;
}

export interface AppliedMigration {
  name: string;
  checksum: string;
  finished: boolean;
}

// From 16 on, membership alone does not allow SET ROLE.
const stateQuery = `
  SELECT c.context,
         coalesce(bool_and(r.oid IS NOT NULL AND pg_has_role(m.login, r.oid, v.privilege)), false) AS "rolesReady",
         pg_get_userbyid(n.nspowner) AS "schemaOwner",
         EXISTS (SELECT FROM pg_class t WHERE t.relnamespace = n.oid AND t.relname = '_prisma_migrations') AS "hasHistory"
  FROM (SELECT CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END AS privilege) v
  CROSS JOIN unnest($1::text[], $2::text[], $3::text[]) AS c (context, migrator, service)
  CROSS JOIN LATERAL (
    SELECT current_user AS login, unnest(ARRAY[c.migrator, c.service]) AS role
    UNION ALL SELECT unnest($4::name[]), c.service
  ) m
  LEFT JOIN pg_roles r ON r.rolname = m.role
  LEFT JOIN pg_namespace n ON n.nspname = c.context
  GROUP BY c.context, n.oid, n.nspowner`;

export async function readState(client: pg.Client, serviceLogins: readonly string[]): Promise<ContextState[]> {
  const { rows } = await client.query<ContextState>(stateQuery, [
    contexts,
    contexts.map(migratorRole),
    contexts.map(serviceRole),
    serviceLogins,
  ]);
  return rows;
}

/** The applied migrations of the contexts, oldest first. Each table is read as its owner, all in one round trip. */
export async function readHistory(
  client: pg.Client,
  withHistory: readonly Context[],
): Promise<Map<Context, AppliedMigration[]>> {
  const history = new Map<Context, AppliedMigration[]>();
  for (const context of withHistory) {
    const [, result] = (await client.query(
      `SET ROLE ${migratorRole(context)};
       SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished FROM ${context}._prisma_migrations
       WHERE rolled_back_at IS NULL ORDER BY migration_name;
       RESET ROLE`,
    )) as unknown as pg.QueryResult<AppliedMigration>[];
    history.set(context, result?.rows ?? []);
  }
  return history;
}
