import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { contexts, migratorRole, serviceRole } from '../contexts.ts';
import { openDatabase } from '../registry/index.ts';
import {
  createScratchDatabase,
  rejection,
  runOnce,
  scratchName,
  serverUrl,
  type ScratchDatabase,
} from '../scratch-database.testing.ts';
import { everyMigration } from './every-migration.testing.ts';
import { migrate } from './index.ts';
import { ensureRoles } from './roles.ts';

const all = everyMigration().length;
const databases: ScratchDatabase[] = [];
const password = randomBytes(12).toString('hex');
const logins: string[] = [];

beforeAll(async () => {
  for (let i = 0; i < 2; i += 1) databases.push(await createScratchDatabase({ migrated: false }));
});

afterAll(async () => {
  for (const database of databases) await database.drop();
  for (const login of logins) await runOnce(serverUrl, `DROP OWNED BY ${login}; DROP ROLE ${login}`);
});

/** A login that is no superuser; with a password, as the server may ask for one. */
async function createLogin(attributes: string): Promise<string> {
  const login = scratchName();
  await runOnce(serverUrl, `CREATE ROLE ${login} LOGIN PASSWORD '${password}' ${attributes}`);
  logins.push(login);
  return login;
}

function urlFor(database: ScratchDatabase | undefined, login?: string): string {
  const url = new URL(database?.url ?? serverUrl);
  if (login !== undefined) Object.assign(url, { username: login, password });
  return url.href;
}

describe('roles of the server, shared by its databases', () => {
  it('are made by migrations of two databases at once', async () => {
    const results = await Promise.all([0, 1, 0, 1].map((i) => migrate({ databaseUrl: urlFor(databases[i]) })));
    expect(results.map(({ applied }) => applied.length).sort()).toEqual([0, 0, all, all]);
  });

  it('are made once when two databases need the same new ones, 20 times', async () => {
    const clients = [0, 1, 0, 1, 0, 1].map((i) => new pg.Client({ connectionString: urlFor(databases[i]) }));
    await Promise.all(clients.map((client) => client.connect()));
    const login = await createLogin('');
    try {
      for (let round = 0; round < 20; round += 1) {
        const roles = ['a', 'b', 'c', 'd'].map((suffix) => `${login}_${round}_${suffix}`);
        const wanted = { migrators: roles.slice(0, 2), services: roles.slice(2), serviceLogins: [login] };
        await Promise.all(clients.map((client) => ensureRoles(client, wanted)));
        const made = await runOnce(
          serverUrl,
          `SELECT count(*)::int AS roles, count(m.member)::int AS memberships
           FROM pg_roles r LEFT JOIN pg_auth_members m ON m.roleid = r.oid AND m.member = '${login}'::regrole
           WHERE rolname IN ('${roles.join("', '")}') AND NOT rolcanlogin AND NOT rolbypassrls AND NOT rolsuper`,
        );
        expect(made).toEqual([{ roles: 4, memberships: 2 }]);
        await runOnce(serverUrl, `DROP ROLE ${roles.join(', ')}`);
      }
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
  });

  it('serve a migrating login with CREATEROLE and CREATE, and a service login with neither', async () => {
    const migrating = await createLogin('CREATEROLE');
    const service = await createLogin('');
    const database = await createScratchDatabase({ migrated: false });
    databases.push(database);
    await database.run(`GRANT CREATE ON DATABASE ${new URL(database.url).pathname.slice(1)} TO ${migrating}`);
    // The roles exist on this server already, made by another login: from PostgreSQL 16 on, only who administers them may grant them.
    const roles = contexts.flatMap((context) => [migratorRole(context), serviceRole(context)]);
    await database.run(`GRANT ${roles.join(', ')} TO ${migrating} WITH ADMIN OPTION`);
    const options = { databaseUrl: urlFor(database, migrating), serviceLogins: [service] };
    expect((await migrate(options)).applied).toHaveLength(all);
    expect(await migrate(options)).toEqual({ applied: [] });
    const opened = openDatabase({ databaseUrl: urlFor(database, service), max: 1 });
    try {
      await opened.assertSafeRole();
      expect(await opened.prisma.asset.count()).toBe(0);
    } finally {
      await opened.close();
    }
  });

  it('are asked for in words when the login may not make them', async () => {
    const login = await createLogin('');
    const database = await createScratchDatabase({ migrated: false });
    databases.push(database);
    expect(await rejection(migrate({ databaseUrl: urlFor(database, login) }))).toMatch(
      /^The login may not make the roles that the migrations need .* MIGRATE_DATABASE_URL/s,
    );
  });
});
