import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { contexts } from '../contexts.ts';
import { createScratchDatabase, rejection, type ScratchDatabase } from '../scratch-database.testing.ts';
import { everyMigration } from './every-migration.testing.ts';
import { migrate, migrationStatus, MigrationError } from './index.ts';
import { prismaFolder } from './migration-files.ts';

let database: ScratchDatabase;
let migrationsRoot: string;

beforeEach(async () => {
  database = await createScratchDatabase({ migrated: false });
  migrationsRoot = await mkdtemp(path.join(tmpdir(), 'artdag-migrations-'));
  for (const context of contexts) {
    await cp(path.join(prismaFolder, context, 'migrations'), path.join(migrationsRoot, context, 'migrations'), {
      recursive: true,
    });
  }
});

afterEach(async () => {
  await database.drop();
  await rm(migrationsRoot, { recursive: true });
});

const run = () => migrate({ databaseUrl: database.url, migrationsRoot });

async function addMigration(name: string, sql: string): Promise<string> {
  const folder = path.join(migrationsRoot, 'registry', 'migrations', name);
  await mkdir(folder);
  await writeFile(path.join(folder, 'migration.sql'), sql);
  return folder;
}

describe('migrate', () => {
  it('brings an empty database up to date, and then finds nothing to do', async () => {
    const lines: string[] = [];
    const first = await migrate({ databaseUrl: database.url, log: (line) => lines.push(line) });
    expect(first.applied).toEqual(everyMigration());
    expect(lines).toEqual(first.applied.map((name) => `applied ${name}`));
    expect(await migrate({ databaseUrl: database.url })).toEqual({ applied: [] });
  });

  it('can be run by ten replicas at once: each migration is applied once', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, run));
    expect(results.flatMap(({ applied }) => applied).sort()).toEqual(everyMigration().sort());
    for (const context of contexts) {
      const [row] = await database.run(`SELECT count(*)::int AS n FROM ${context}._prisma_migrations`);
      expect(row).toEqual({ n: everyMigration().filter((name) => name.startsWith(`${context}/`)).length });
    }
  });

  it('leaves schemas and tables to the migrator roles, whoever is logged in', async () => {
    await run();
    const owners = await database.run(
      `SELECT DISTINCT schemaname, tableowner FROM pg_tables WHERE schemaname IN ('${contexts.join("', '")}') ORDER BY 1`,
    );
    expect(owners).toEqual(
      [...contexts].sort().map((context) => ({ schemaname: context, tableowner: `${context}_migrator` })),
    );
  });

  it('refuses when an applied migration was changed, and applies nothing', async () => {
    await run();
    await appendFile(path.join(migrationsRoot, 'auth/migrations/20261121000000_init/migration.sql'), '-- edited\n');
    await addMigration('20270101000000_more', 'CREATE TABLE more (id TEXT PRIMARY KEY);');
    const refused = run();
    await expect(refused).rejects.toThrow(MigrationError);
    expect(await rejection(refused)).toMatch(
      /^prisma\/auth\/migrations\/20261121000000_init\/migration\.sql was changed after it was applied/,
    );
    const tables = await database.run(`SELECT FROM pg_tables WHERE schemaname = 'registry' AND tablename = 'more'`);
    expect(tables).toHaveLength(0);
  });

  it('refuses when an applied migration is missing', async () => {
    const folder = await addMigration('20270101000000_more', 'CREATE TABLE more (id TEXT PRIMARY KEY);');
    await run();
    await rm(folder, { recursive: true });
    expect(await rejection(run())).toMatch(
      /^prisma\/registry\/migrations\/20270101000000_more was applied to this database but is not in this version/,
    );
  });

  it('names file and line of a migration that fails, and leaves nothing of it', async () => {
    await run();
    await addMigration(
      '20270101000000_half',
      'CREATE TABLE half (id TEXT PRIMARY KEY);\n\nSELECT no_such_column FROM half;',
    );
    expect(await rejection(run())).toBe(
      'prisma/registry/migrations/20270101000000_half/migration.sql, line 3: column "no_such_column" does not exist. Nothing of it was applied.',
    );
    expect(await database.run(`SELECT FROM pg_tables WHERE tablename = 'half'`)).toHaveLength(0);
    const [registry] = (await migrationStatus({ databaseUrl: database.url, migrationsRoot })).filter(
      ({ context }) => context === 'registry',
    );
    expect(registry).toEqual({
      context: 'registry',
      applied: expect.not.arrayContaining(['20270101000000_half']),
      pending: ['20270101000000_half'],
      problems: [],
    });
  });

  it('refuses a schema of the same name that belongs to somebody else', async () => {
    await database.run('CREATE SCHEMA federation');
    expect(await rejection(run())).toMatch(/^The schema federation belongs to .*, not to federation_migrator/);
  });

  it('changes all rows of a populated, owner-protected table, and what the old code reads goes on working', async () => {
    await run();
    await database.run(`
      SET app.system = 'on';
      INSERT INTO registry.assets (id, name, content_hash, owner_actor_id, owner_username, asset_type, visibility, activity_id)
      SELECT 'ast_' || n, 'work-' || n, md5(n::text), 'user:' || n % 7, 'u' || n % 7, 'image',
             CASE WHEN n % 3 = 0 THEN 'unlisted' ELSE 'public' END, gen_random_uuid()
      FROM generate_series(1, 2000) n`);
    await addMigration(
      '20270101000000_license',
      `ALTER TABLE assets ADD COLUMN license TEXT;
       UPDATE assets SET license = 'all-rights-reserved';
       ALTER TABLE assets ALTER COLUMN license SET DEFAULT 'all-rights-reserved';`,
    );
    expect(await run()).toEqual({ applied: ['registry/20270101000000_license'] });
    const counts = await database.run(
      `SELECT count(*)::int AS rows, count(license)::int AS changed FROM registry.assets`,
    );
    expect(counts).toEqual([{ rows: 2000, changed: 2000 }]);
    const seen = await database.run('SELECT count(*)::int AS n FROM registry.assets', 'registry_svc');
    expect(seen).toEqual([{ n: 1334 }]);
  });

  it('gives attachments to L1s of before the time at which their token runs out, where it is known', async () => {
    const name = '20261129150000_attachment_expiry';
    const at = path.join('bridge', 'migrations', name);
    await rm(path.join(migrationsRoot, at), { recursive: true });
    await run();
    await database.run(`
      SET app.system = 'on';
      INSERT INTO bridge.user_renderers (id, actor_id, username, l1_url, status, created_at, attached_at) VALUES
        ('ren_1', 'user:1', 'u1', 'https://l1.example', 'attached', '2026-01-01T00:00:00Z', '2026-01-10T00:00:00Z'),
        ('ren_2', 'user:2', 'u2', 'https://l1.example', 'pending', '2026-01-01T00:00:00Z', NULL)`);
    await cp(path.join(prismaFolder, at), path.join(migrationsRoot, at), { recursive: true });
    expect(await run()).toEqual({ applied: [`bridge/${name}`] });
    expect(await database.run('SELECT id, expires_at FROM bridge.user_renderers ORDER BY id')).toEqual([
      { id: 'ren_1', expires_at: new Date('2026-02-09T00:00:00Z') },
      { id: 'ren_2', expires_at: null },
    ]);
  });

  it('lets tokens of before live on, made by nobody knows what', async () => {
    const name = '20261129181500_l1_token_credentials';
    const at = path.join('auth', 'migrations', name);
    await rm(path.join(migrationsRoot, at), { recursive: true });
    await run();
    await database.run(`
      SET app.system = 'on';
      INSERT INTO auth.actors (id, actor_type, handle, display_name) VALUES ('user:1', 'human', 'u1', 'U');
      INSERT INTO auth.api_tokens (id, actor_id, label, scopes, kind, l1_server, token_hash, expires_at)
        VALUES ('tok_1', 'user:1', 'x', '{}', 'l1', 'https://l1.example', 'h', '2031-01-01T00:00:00Z')`);
    await cp(path.join(prismaFolder, at), path.join(migrationsRoot, at), { recursive: true });
    expect(await run()).toEqual({ applied: [`auth/${name}`] });
    expect(await database.run('SELECT id, made_by, revoked_at FROM auth.api_tokens')).toEqual([
      { id: 'tok_1', made_by: null, revoked_at: null },
    ]);
  });
});
