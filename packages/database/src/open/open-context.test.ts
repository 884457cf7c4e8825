import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import net, { type AddressInfo } from 'node:net';
import pg from 'pg';
import { openDatabase, type Database } from '../registry/index.ts';
import { createScratchDatabase, rejection, type ScratchDatabase } from '../scratch-database.testing.ts';
import { assertSafeRole } from './safe-role.ts';

let scratch: ScratchDatabase;
let database: Database;
const lost: string[] = [];

beforeAll(async () => {
  scratch = await createScratchDatabase({ migrated: true });
});
afterAll(() => scratch.drop());
beforeEach(() => {
  lost.length = 0;
  database = openDatabase({ databaseUrl: scratch.url, max: 3, onConnectionLost: (error) => lost.push(error.message) });
});
afterEach(() => database.close());

const giles = { actorId: 'user:giles' };

function insertAsset(name: string, owner: string): pg.QueryConfig {
  return {
    name: 'insert-asset',
    text: `INSERT INTO assets (id, name, content_hash, owner_actor_id, owner_username, asset_type, visibility, activity_id)
           VALUES ($1, $1, $1, $2, $2, 'image', 'unlisted', gen_random_uuid()) RETURNING name`,
    values: [name, owner],
  };
}

const countOf = async (name: string) =>
  (await database.asOwner({ system: true }, (tx) => tx.asset.findMany({ where: { name } }))).length;

const settings = `SELECT current_setting('app.actor_id', true) AS actor, current_setting('app.org_id', true) AS org`;

describe('connections', () => {
  it('act as the service role in the schema of the context, by Prisma and by pg', async () => {
    await database.assertSafeRole();
    const { rows } = await database.pool.query('SELECT current_user AS role, current_schemas(false)::text AS schemas');
    expect(rows).toEqual([{ role: 'registry_svc', schemas: '{registry}' }]);
    expect(await database.prisma.$queryRaw`SELECT current_user::text AS role`).toEqual([{ role: 'registry_svc' }]);
    const empty = { id: true, treeSize: 0n, nextSeq: 0n, tiledSize: 0n, root: null };
    expect(await database.prisma.logState.findMany()).toEqual([empty]);
  });

  it('keep the options of the URL behind their own', async () => {
    const url = new URL(scratch.url);
    url.searchParams.set('options', '-c search_path=auth -c work_mem=8MB');
    const other = openDatabase({ databaseUrl: url.href, max: 1 });
    const { rows } = await other.pool.query(
      `SELECT current_setting('search_path') AS path, current_setting('work_mem') AS mem`,
    );
    await other.close();
    expect(rows).toEqual([{ path: 'registry', mem: '8MB' }]);
  });

  it('are refused when their role is not bound by row-level security, or is another one', async () => {
    const login = new pg.Pool({ connectionString: scratch.url, max: 1 });
    expect(await rejection(assertSafeRole(login, 'registry'))).toMatch(
      /which is a superuser.*has to act as registry_svc/,
    );
    await login.query('SET ROLE registry_migrator');
    expect(await rejection(assertSafeRole(login, 'registry'))).toMatch(/which owns tables of the schema/);
    await login.end();
    expect(await rejection(assertSafeRole(database.pool, 'auth'))).toMatch(
      /^The database connection of auth acts as registry_svc/,
    );
  });
});

describe('transactions for an owner', () => {
  it('asOwner sets actor and org for its transaction, and nothing stays behind', async () => {
    const single = openDatabase({ databaseUrl: scratch.url, max: 1 });
    const inside = await single.asOwner({ ...giles, orgId: 'org_1' }, (tx) => tx.$queryRawUnsafe(settings));
    expect(inside).toEqual([{ actor: 'user:giles', org: 'org_1' }]);
    const { rows } = await single.pool.query(settings);
    expect(rows).toEqual([{ actor: '', org: '' }]);
    await single.close();
  });

  it('pgTransaction does the same, quoting what it is given', async () => {
    const actorId = `user:'; DROP TABLE assets; --\\`;
    const { rows } = await database.pgTransaction((client) => client.query(settings), { actorId });
    expect(rows).toEqual([{ actor: actorId, org: '' }]);
    expect(await rejection(database.pgTransaction((client) => client.query(settings), { actorId: 'a\0b' }))).toMatch(
      /NUL/,
    );
  });

  it('stores for the owner and refuses for another, in each of the three ways', async () => {
    const bob = { actorId: 'user:bob' };
    await database.pgTransaction((client) => client.query(insertAsset('by-transaction', 'user:giles')), giles);
    expect((await database.pgStatement(insertAsset('by-statement', 'user:giles'), giles)).rows).toEqual([
      { name: 'by-statement' },
    ]);
    const refusals = [
      database.pgTransaction((client) => client.query(insertAsset('stolen', 'user:giles')), bob),
      database.pgStatement(insertAsset('stolen', 'user:giles'), bob),
      database.pgStatement(insertAsset('stolen', 'user:giles')),
      database.asOwner(bob, (tx) => tx.$executeRawUnsafe(insertAsset('stolen', 'x').text, 'stolen', 'user:giles')),
    ];
    for (const refused of refusals) expect(await rejection(refused)).toMatch(/row-level security/);
    expect(await database.asOwner(giles, (tx) => tx.asset.count())).toBe(2);
    expect(await database.asOwner(bob, (tx) => tx.asset.count())).toBe(0);
  });
});

describe('pgTransaction', () => {
  it('rolls back when the work rejects, and the connection is good for the next', async () => {
    const work = database.pgTransaction(async (client) => {
      await client.query(insertAsset('rolled-back', 'user:giles'));
      throw new Error('changed my mind');
    }, giles);
    expect(await rejection(work)).toBe('changed my mind');
    expect(await countOf('rolled-back')).toBe(0);
    expect(database.pool.totalCount).toBe(1);
  });

  it('does not take a swallowed error for a commit', async () => {
    const work = database.pgTransaction(async (client) => {
      await client.query(insertAsset('swallowed', 'user:giles'));
      await client.query('SELECT 1 / 0').catch(() => undefined);
    }, giles);
    expect(await rejection(work)).toMatch(/^The transaction was rolled back, not committed/);
    expect(await countOf('swallowed')).toBe(0);
  });
});

describe('pgStatement', () => {
  it('runs hundreds at once over three connections, each its own transaction', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `many-${i % 290}`);
    const outcomes = await Promise.allSettled(
      names.map((name) => database.pgStatement(insertAsset(name, 'user:giles'), giles)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(290);
    expect(await database.asOwner(giles, (tx) => tx.asset.count({ where: { name: { startsWith: 'many-' } } }))).toBe(
      290,
    );
  });

  it('leaves no transaction open after a failed statement', async () => {
    expect(await rejection(database.pgStatement({ text: 'SELECT 1 / 0' }, giles))).toBe('division by zero');
    const { rows } = await database.pool.query(settings);
    expect(rows).toEqual([{ actor: '', org: '' }]);
    expect(database.pool.totalCount).toBe(1);
  });
});

describe('a server that fails', () => {
  const backends = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'artdag-registry'`;

  it('may end idle connections: they are replaced', async () => {
    await database.ping();
    await scratch.run(backends);
    while (lost.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(lost).toHaveLength(1);
    await database.ping();
    expect(await database.prisma.outboxEvent.count()).toBe(0);
  });

  it('may end a connection inside a transaction: that one rejects, the next works', async () => {
    const work = database.pgTransaction(async (client) => {
      await client.query(insertAsset('cut-off', 'user:giles'));
      await scratch.run(backends);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await client.query('SELECT 1');
    }, giles);
    expect(await rejection(work)).toMatch(/connection/i);
    expect(await countOf('cut-off')).toBe(0);
    const statement = database.pgStatement({ text: 'SELECT pg_sleep(25)' }, giles);
    const asleep = `${backends} AND state = 'active' AND query LIKE '%pg_sleep(25)'`;
    while (Number((await scratch.run(asleep))[0]?.['count']) === 0);
    expect(await rejection(statement)).toMatch(/terminat/);
    await database.ping();
  });

  it('that accepts and never answers gives an error within a few seconds', async () => {
    const sockets: net.Socket[] = [];
    const hole = net.createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => hole.once('listening', resolve));
    const { port } = hole.address() as AddressInfo;
    const dead = openDatabase({ databaseUrl: `postgresql://nobody@127.0.0.1:${port}/none`, max: 1 });
    const started = Date.now();
    expect(await rejection(dead.ping())).toMatch(/timeout/i);
    expect(Date.now() - started).toBeLessThan(20_000);
    await dead.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => hole.close(resolve));
  });
});
