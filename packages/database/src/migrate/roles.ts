import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { MigrationError } from './migration-error.ts';

const attempts = 20;

export interface WantedRoles {
  migrators: readonly string[];
  services: readonly string[];
  /** Logins that may become the service roles, besides the connected one. */
  serviceLogins: readonly string[];
}

/**
 * Makes the roles that are missing and the login's membership in them, which lets it become them (SET ROLE).
 * Roles belong to the whole server and the migration lock to one database, so a migration of another database may do the
 * same at the same moment: what it has made is fine, and a collision is tried again.
 *
 * @throws {MigrationError} when the login may not
 */
export async function ensureRoles(client: pg.Client, wanted: WantedRoles): Promise<void> {
  const statement = ensureStatement(wanted);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(statement);
      return;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      if (attempt === attempts || !isCollision(error)) throw explain(error);
      await sleep(10 + Math.random() * 20 * attempt);
    }
  }
}

/** One DO block: one round trip and one commit, whatever is missing. */
function ensureStatement({ migrators, services, serviceLogins }: WantedRoles): string {
  return `
    DO $ensure$
    DECLARE
      role_name text;
      login text;
      modern boolean := current_setting('server_version_num')::int >= 160000;
      membership text := CASE WHEN modern THEN 'SET' ELSE 'MEMBER' END;
      terms text := CASE WHEN modern THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END;
    BEGIN
      FOREACH role_name IN ARRAY ${textArray([...migrators, ...services])} LOOP
        IF to_regrole(role_name) IS NULL THEN
          EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
        IF NOT pg_has_role(current_user, role_name, membership) THEN
          EXECUTE format('GRANT %I TO %I', role_name, current_user) || terms;
        END IF;
      END LOOP;
      FOREACH login IN ARRAY ${textArray(serviceLogins)} LOOP
        FOREACH role_name IN ARRAY ${textArray(services)} LOOP
          IF NOT pg_has_role(login, role_name, membership) THEN
            EXECUTE format('GRANT %I TO %I', role_name, login) || terms;
          END IF;
        END LOOP;
      END LOOP;
    END $ensure$`;
}

function textArray(values: readonly string[]): string {
  return `ARRAY[${values.map((value) => pg.escapeLiteral(value)).join(', ')}]::text[]`;
}

/** duplicate_object, unique_violation (of pg_authid, pg_auth_members), deadlock, or "tuple concurrently updated". */
function isCollision(error: pg.DatabaseError): boolean {
  const { code } = error;
  return (
    code === '42710' || code === '23505' || code === '40P01' || (code === 'XX000' && /concurrently/.test(error.message))
  );
}

function explain(error: pg.DatabaseError): Error {
  if (error.code !== '42501') return error;
  return new MigrationError(
    `The login may not make the roles that the migrations need (${error.message}). ` +
      'Give it CREATEROLE, or have an administrator create the roles <context>_migrator and <context>_svc and grant them to it, ' +
      'or set MIGRATE_DATABASE_URL to a login that may.',
    { cause: error },
  );
}
