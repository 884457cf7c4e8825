import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScratchDatabase, rejection, type ScratchDatabase } from './scratch-database.testing.ts';

/** A protected table and an INSERT of one row of `owner`; for `n` different from row to row. */
interface Protected {
  context: string;
  table: string;
  owner: string;
  insert: (owner: string, n: number, more?: { org?: string }) => string;
  /** By grant; what is no longer needed may be deleted. */
  isInsertOnly?: true;
}

const assets = (visibility: string) => (owner: string, n: number, more?: { org?: string }) => `
  INSERT INTO assets (id, name, content_hash, owner_actor_id, owner_username, asset_type, visibility, activity_id, org_id)
  VALUES ('ast_${visibility}${n}', '${visibility}-${n}', repeat('a', 64), '${owner}', 'u', 'image', '${visibility}',
          gen_random_uuid(), ${more?.org ? `'${more.org}'` : 'NULL'})`;

const protectedTables: Protected[] = [
  {
    context: 'auth',
    table: 'sessions',
    owner: 'actor_id',
    insert: (owner, n) => `INSERT INTO sessions (token, id, actor_id, actor_data, method, expires_at, org_id)
      VALUES ('t${n}', 'ses_${n}', '${owner}', '{}', 'password', now() + interval '1 day', 'org_1')`,
  },
  {
    context: 'auth',
    table: 'refresh_tokens',
    owner: 'actor_id',
    insert: (
      owner,
      n,
    ) => `INSERT INTO refresh_tokens (token_hash, family_id, session_id, actor_id, client_hash, expires_at)
      VALUES ('h${n}', 'f${n}', 'ses_${owner === 'user:a' ? 1 : 2}', '${owner}', 'c', now() + interval '1 day')`,
  },
  {
    context: 'auth',
    table: 'api_keys',
    owner: 'actor_id',
    insert: (owner, n) => `INSERT INTO api_keys (id, key, key_prefix, actor_id, actor_data, description, scopes)
      VALUES ('k${n}', 'h${n}', 'dk_', '${owner}', '{}', 'd', '{}')`,
  },
  {
    context: 'auth',
    table: 'api_tokens',
    owner: 'actor_id',
    insert: (owner, n) => `INSERT INTO api_tokens (id, actor_id, label, scopes, kind, token_hash, expires_at)
      VALUES ('tok_${n}', '${owner}', 'l', '{}', 'api', 'h${n}', now() + interval '1 day')`,
  },
  { context: 'registry', table: 'assets', owner: 'owner_actor_id', insert: assets('unlisted') },
  {
    context: 'registry',
    table: 'user_storage',
    owner: 'actor_id',
    insert: (owner, n) => `INSERT INTO user_storage (id, actor_id, provider_type, provider_name, config_enc)
      VALUES ('sto_${n}', '${owner}', 'psa', 'p${n}', 'e')`,
  },
  {
    context: 'registry',
    table: 'storage_pins',
    owner: 'actor_id',
    insert: (owner, n) => `INSERT INTO storage_pins (content_hash, storage_id, actor_id, pin_type, ipfs_cid)
      VALUES ('h${n}', 'sto_${owner === 'user:a' ? 1 : 2}', '${owner}', 'cid', 'Qm')`,
  },
  {
    context: 'registry',
    table: 'storage_checks',
    owner: 'actor_id',
    insert: (
      owner,
      n,
    ) => `INSERT INTO storage_checks (storage_id, content_hash, at, actor_id, result, message, latency_ms, status, is_change)
      VALUES ('sto_${owner === 'user:a' ? 1 : 2}', 'h${owner === 'user:a' ? 1 : 2}', to_timestamp(${n}), '${owner}', 'present', '', 1, 'present', true)`,
    isInsertOnly: true,
  },
  {
    context: 'bridge',
    table: 'user_renderers',
    owner: 'actor_id',
    insert: (owner, n) =>
      `INSERT INTO user_renderers (id, actor_id, username, l1_url) VALUES ('ren_${n}', '${owner}', 'u${n}', 'https://l1')`,
  },
];

let database: ScratchDatabase;
beforeAll(async () => {
  database = await createScratchDatabase({ migrated: true });
  await database.run(`
    INSERT INTO auth.actors (id, actor_type, handle, display_name)
    VALUES ('user:a', 'human', 'a', 'A'), ('user:b', 'human', 'b', 'B')`);
  for (const { context, insert } of protectedTables) {
    await database.run(`SET search_path = ${context}; ${insert('user:a', 1)}; ${insert('user:b', 2)}`);
  }
});
afterAll(() => database.drop());

/** Raw SQL as the service's role, with the settings given and no others. */
function as(context: string, settings: Record<string, string>, sql: string): Promise<Record<string, unknown>[]> {
  const set = Object.entries(settings).map(([name, value]) => `SET LOCAL app.${name} = '${value}';`);
  return database.run(`SET search_path = ${context}; BEGIN; ${set.join(' ')} ${sql}`, `${context}_svc`);
}

it('covers every table that has row-level security, and each forces it on its owner too', async () => {
  const rows = await database.run(
    `SELECT relnamespace::regnamespace || '.' || relname AS name, relforcerowsecurity AS forced
     FROM pg_class WHERE relrowsecurity ORDER BY 1`,
  );
  const covered = protectedTables.map(({ context, table }) => ({ name: `${context}.${table}`, forced: true }));
  expect(rows).toEqual(covered.sort((a, b) => (a.name < b.name ? -1 : 1)));
});

describe.each(protectedTables)('$context.$table', ({ context, table, owner, insert, isInsertOnly }) => {
  const owners = `SELECT ${owner} AS owner FROM ${table} ORDER BY 1`;

  it('shows nothing when nobody is set', async () => {
    expect(await as(context, {}, owners)).toEqual([]);
    expect(await as(context, { actor_id: '', org_id: '', system: '' }, owners)).toEqual([]);
  });

  it("shows an actor's own rows and nobody else's", async () => {
    expect(await as(context, { actor_id: 'user:a' }, owners)).toEqual([{ owner: 'user:a' }]);
    expect(
      await as(context, { actor_id: 'user:a' }, owners.replace('ORDER', `WHERE ${owner} = 'user:b' ORDER`)),
    ).toEqual([]);
    expect(await as(context, { actor_id: 'user:c' }, owners)).toEqual([]);
  });

  it("lets nobody change or delete another's rows", async () => {
    const update = as(
      context,
      { actor_id: 'user:a' },
      `UPDATE ${table} SET ${owner} = ${owner} RETURNING ${owner} AS owner`,
    );
    if (isInsertOnly) expect(await rejection(update)).toMatch(/^permission denied/);
    else expect(await update).toEqual([{ owner: 'user:a' }]);
    const steal = as(context, { actor_id: 'user:a' }, `UPDATE ${table} SET ${owner} = 'user:b'`);
    expect(await rejection(steal)).toMatch(isInsertOnly ? /^permission denied/ : /violates row-level security policy/);
    if (table === 'assets') return;
    const gone = await as(context, { actor_id: 'user:c' }, `DELETE FROM ${table} RETURNING ${owner}`);
    expect(gone).toEqual([]);
  });

  it('takes a row of the actor itself only', async () => {
    expect(await rejection(as(context, { actor_id: 'user:b' }, insert('user:a', 3)))).toMatch(
      /violates row-level security/,
    );
    expect(await rejection(as(context, {}, insert('user:a', 3)))).toMatch(/violates row-level security/);
    await as(context, { actor_id: 'user:a' }, insert('user:a', 3));
  });

  it('shows all to a job that says it is the system, and to nothing that says something like it', async () => {
    expect(await as(context, { system: 'on' }, owners)).toHaveLength(2);
    for (const system of ['true', 'ON', '1', 'off']) expect(await as(context, { system }, owners)).toEqual([]);
  });
});

describe('visibility', () => {
  it('a public asset is read by all, and changed by its owner only', async () => {
    await database.run(`SET search_path = registry; ${assets('public')('user:a', 9)}`);
    const read = `SELECT name FROM assets WHERE name = 'public-9'`;
    for (const settings of [{}, { actor_id: 'user:b' }]) {
      expect(await as('registry', settings, read)).toEqual([{ name: 'public-9' }]);
      expect(await as('registry', settings, `UPDATE assets SET url = 'x' WHERE name = 'public-9' RETURNING 1`)).toEqual(
        [],
      );
    }
  });

  it("a storage provider is read by its owner's organisation, and changed by its owner only", async () => {
    await database.run(
      `SET search_path = registry; INSERT INTO user_storage (id, actor_id, provider_type, provider_name, config_enc, org_id)
       VALUES ('sto_8', 'user:a', 'psa', 'p8', 'e', 'org_1')`,
    );
    const colleague = { actor_id: 'user:b', org_id: 'org_1' };
    const read = `SELECT id FROM user_storage WHERE org_id = 'org_1'`;
    expect(await as('registry', colleague, read)).toEqual([{ id: 'sto_8' }]);
    expect(await as('registry', { ...colleague, org_id: 'org_2' }, read)).toEqual([]);
    for (const sql of [`UPDATE user_storage SET capacity_gb = 1`, `DELETE FROM user_storage`]) {
      expect(await as('registry', colleague, `${sql} WHERE org_id = 'org_1' RETURNING 1`)).toEqual([]);
    }
  });

  it("an unlisted asset is read by its owner's organisation, a session by nobody but its actor", async () => {
    await database.run(`SET search_path = registry; ${assets('unlisted')('user:a', 8, { org: 'org_1' })}`);
    expect(
      await as('registry', { actor_id: 'user:b', org_id: 'org_1' }, `SELECT name FROM assets WHERE org_id = 'org_1'`),
    ).toEqual([{ name: 'unlisted-8' }]);
    expect(
      await as('registry', { actor_id: 'user:b', org_id: 'org_2' }, `SELECT name FROM assets WHERE org_id = 'org_1'`),
    ).toEqual([]);
    expect(await as('auth', { actor_id: 'user:c', org_id: 'org_1' }, 'SELECT id FROM sessions')).toEqual([]);
  });
});
