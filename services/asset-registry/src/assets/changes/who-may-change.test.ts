import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeAssertionKit } from '@artdag/testing';
import { countRows } from '../../testing/registry.testing.ts';
import { startSuite, type RegistrySuite } from '../../testing/suite.testing.ts';

let suite: RegistrySuite;
const kit = makeAssertionKit('asset-registry');

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.remove());

type Method = 'patch' | 'delete';
const methods: Method[] = ['patch', 'delete'];

function ask(method: Method, name: string, headers: Record<string, string>) {
  const path = `/assets/${name}`;
  return method === 'patch' ? suite.patch(path, { description: 'x' }, headers) : suite.delete(path, headers);
}

describe.each(methods)('%s /assets/{name} lets nobody in', (method) => {
  it('401 without an assertion, 403 for a service that speaks for itself', async () => {
    const { name } = await suite.registered('giles');
    expect((await ask(method, name, {}).expect(401)).body).toMatchObject({ code: 'unauthorized' });
    await ask(method, name, { 'x-actor-assertion': kit.service('federation') }).expect(403);
  });

  it.each([[[]], [['assets:create']], [['assets:record', 'read:*']], [['assets:updat']]])(
    '403 insufficient_scope with the scopes %j',
    async (scopes) => {
      const { name } = await suite.registered('giles');
      const answer = await ask(method, name, suite.as('giles', { scopes })).expect(403);
      expect(answer.body).toMatchObject({ code: 'insufficient_scope' });
    },
  );

  it('403 not_owner for everybody else, whether it is listed or not, in the owner’s organisation or not', async () => {
    for (const visibility of ['public', 'unlisted']) {
      const { name } = await suite.registered('giles', { visibility });
      await suite.tables.pgStatement(
        { text: `UPDATE assets SET org_id = 'org_1' WHERE name = $1`, values: [name] },
        { actorId: 'user:giles' },
      );
      const before = await countRows(suite.tables);
      const scopes = ['assets:update', 'assets:delete'];
      const colleague = kit.actor({ actor_id: 'user:anya', username: 'anya', org_id: 'org_1', scopes });
      for (const headers of [suite.as('anya'), { 'x-actor-assertion': colleague }]) {
        expect((await ask(method, name, headers).expect(403)).body).toMatchObject({ code: 'not_owner' });
      }
      expect(await countRows(suite.tables)).toEqual(before);
    }
  });

  it.each(['nobody-has-this', '.hidden', '%00', 'a%2Fb', 'x'.repeat(300)])('404 for %s', async (name) => {
    expect((await ask(method, name, suite.as('giles')).expect(404)).body).toMatchObject({ code: 'not_found' });
  });

  it('403 account_disabled when identity signs no more for the owner, and nothing is stored', async () => {
    const owner = `former-${method}`;
    const { name } = await suite.registered(owner);
    suite.identity.disabled.add(`user:${owner}`);
    const before = await countRows(suite.tables);
    expect((await ask(method, name, suite.as(owner)).expect(403)).body).toMatchObject({ code: 'account_disabled' });
    expect(await countRows(suite.tables)).toEqual(before);
  });
});

describe('row-level security', () => {
  it('lets nobody change or delete another’s asset, also by raw SQL', async () => {
    const { name } = await suite.registered('giles');
    const raw = { text: `UPDATE assets SET deleted_at = now() WHERE name = $1`, values: [name] };
    expect((await suite.tables.pgStatement(raw, { actorId: 'user:anya' })).rowCount).toBe(0);
    expect((await suite.tables.pool.query(raw)).rowCount).toBe(0);
    await suite.get(`/assets/${name}`).expect(200);
  });

  it('lets no row be deleted for good', async () => {
    const raw = { text: 'DELETE FROM assets' };
    await expect(suite.tables.pgStatement(raw, { actorId: 'user:giles' })).rejects.toMatchObject({ code: '42501' });
  });
});
