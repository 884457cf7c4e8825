import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createMemoryStore } from '@artdag/key-value';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { startAuth, type Answer, type RunningAuth } from '../start-auth.testing.ts';
import { adminOf, auditOf, type Ran } from './admin.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: RunningAuth;
let other: RunningAuth;
let admin: (...args: string[]) => Promise<Ran>;
const store = createMemoryStore();

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 1 });
  const start = () => startAuth({ databaseUrl: database.url, tables, logger: quietLogger(), overrides: { store } });
  auth = await start();
  other = await start();
  admin = adminOf(auth.url);
});
afterAll(async () => {
  await auth?.stop();
  await other?.stop();
  await store.close();
  await tables?.close();
  await database?.drop();
});

const password = 'correct horse battery';

interface Person {
  handle: string;
  id: string;
  org: string;
  bearer: { authorization: string };
}

async function register(handle: string): Promise<Person> {
  const { status, body } = await auth.post('/auth/register', { username: handle, password });
  expect(status).toBe(201);
  const bearer = { authorization: `Bearer ${body.session_token}` };
  const { org_id: org } = (await auth.get('/auth/me', bearer)).body;
  return { handle, id: body.actor.actor_id, org, bearer };
}

async function signInAgain(person: Person): Promise<void> {
  const { body } = await auth.post('/auth/login', { username: person.handle, password });
  person.bearer = { authorization: `Bearer ${body.session_token}` };
}

const me = (person: Person, at: RunningAuth = auth): Promise<Answer> => at.get('/auth/me', person.bearer);

describe('artdag-admin org', () => {
  it('makes an organisation with an owner, and lists it with its members', async () => {
    const giles = await register('giles');
    const made = await admin('org', 'create', 'daarion', '--owner', 'giles', '--name', 'DAARION', '--json');
    expect(made.json).toEqual({
      id: expect.stringMatching(/^org_/),
      public_id: 'microdao:daarion',
      name: 'DAARION',
      kind: 'team',
    });
    expect((await me(giles)).body.memberships).toContainEqual({
      ...{ microdao_id: 'microdao:daarion', org_id: made.json.id, role: 'owner' },
    });
    const { orgs } = (await admin('org', 'list', '--json')).json;
    expect(orgs).toMatchObject([{ public_id: 'microdao:daarion', members: [{ handle: 'giles', role: 'owner' }] }]);
    expect((await admin('org', 'list')).out).toContain('microdao:daarion  team  DAARION  giles (owner)');
    expect((await admin('org', 'list', '--personal')).out).toContain('microdao:giles');
    expect(await auditOf(tables, 'org.created', made.json.id)).toMatchObject([{ data: { operator: 'ops' } }]);
  });

  it('shares one namespace with handles, also in a race', async () => {
    await register('taken');
    const refused: [string[], string][] = [
      [['create', 'taken', '--owner', 'giles'], 'handle_taken'],
      [['create', 'daarion', '--owner', 'giles'], 'handle_taken'],
      [['create', 'admin', '--owner', 'giles'], 'invalid_handle'],
      [['create', 'x', '--owner', 'giles'], 'invalid_handle'],
      [['create', 'free', '--owner', 'nobody'], 'actor_not_found'],
    ];
    for (const [args, code] of refused) {
      const { code: exit, err } = await admin('org', ...args);
      expect([args, exit, err]).toEqual([args, 1, expect.stringContaining(code)]);
    }
    expect((await admin('actor', 'create', '--type', 'agent', '--handle', 'daarion')).err).toContain('handle_taken');
    for (let round = 0; round < 5; round += 1) {
      const name = `raced${round}`;
      const [org, agent, human] = await Promise.all([
        admin('org', 'create', name, '--owner', 'giles'),
        admin('actor', 'create', '--type', 'agent', '--handle', name),
        auth.post('/auth/register', { username: name, password }),
      ]);
      expect([org.code, agent.code, human.status === 201 ? 0 : 1].toSorted()).toEqual([0, 1, 1]);
      expect([201, 409]).toContain(human.status);
    }
  });

  it('adds, promotes, demotes and removes, and every replica knows at once', async () => {
    const willow = await register('willow');
    const roleSeen = async (at: RunningAuth) =>
      (await me(willow, at)).body.memberships.find((m: { microdao_id: string }) => m.microdao_id === 'microdao:crew')
        ?.role;
    await admin('org', 'create', 'crew', '--owner', 'giles');
    await me(willow, other);
    const added = await admin('org', 'add-member', 'crew', 'willow', '--json');
    expect(added.json).toEqual({ org: 'microdao:crew', actor_id: willow.id, role: 'member' });
    expect([await roleSeen(auth), await roleSeen(other)]).toEqual(['member', 'member']);
    await admin('org', 'set-role', 'microdao:crew', willow.id, '--role', 'admin');
    expect([await roleSeen(auth), await roleSeen(other)]).toEqual(['admin', 'admin']);
    await admin('org', 'set-role', 'crew', 'willow', '--role', 'member');
    expect([(await me(willow)).status, (await me(willow, other)).status]).toEqual([401, 401]);
    await signInAgain(willow);
    expect((await me(willow, other)).body.roles.toSorted()).toEqual(['member', 'microdao_owner']);
    expect((await admin('org', 'remove-member', 'crew', 'willow')).out).toBe(
      'willow is no member of microdao:crew any more.\n',
    );
    await signInAgain(willow);
    expect([await roleSeen(auth), await roleSeen(other)]).toEqual([undefined, undefined]);
    const log = ['membership.added', 'membership.changed', 'membership.removed'];
    const counts = await Promise.all(log.map(async (action) => (await auditOf(tables, action, willow.id)).length));
    expect(counts).toEqual([1, 2, 1]);
    // Whoever has left can come back.
    expect((await admin('org', 'add-member', 'crew', 'willow', '--role', 'owner')).code).toBe(0);
  });

  it('lets nothing that was signed outlive a membership or a higher role, nor an API key the org that it is for', async () => {
    const xander = await register('xander');
    const org = (await admin('org', 'create', 'scoobies', '--owner', 'giles', '--json')).json.id;
    await admin('org', 'add-member', 'scoobies', 'xander', '--role', 'admin');
    const bearerOf = (token: string) => ({ authorization: `Bearer ${token}` });
    const made = async () => {
      await signInAgain(xander);
      const key = (await auth.post('/auth/api-keys', { description: 'own' }, xander.bearer)).body.key;
      const switched = await auth.send('PATCH', '/auth/me', { org_id: org }, xander.bearer);
      expect([switched.status, switched.body.org_id]).toEqual([200, org]);
      const { body } = await auth.post('/auth/login', { username: 'xander', password });
      const mint = async (o: object) =>
        (await auth.post('/v1/tokens', { label: 't', scopes: ['read:*'], ...o }, xander.bearer)).body.token;
      const orgKey = (await auth.post('/auth/api-keys', { description: 'org' }, xander.bearer)).body.key;
      const signed = [xander.bearer, ...[body.access_token, await mint({}), await mint({ org })].map(bearerOf)];
      return { signed, own: { 'x-api-key': key }, forOrg: { 'x-api-key': orgKey } };
    };
    const statuses = async (credentials: Record<string, string>[]) =>
      await Promise.all(
        [auth, other].flatMap((at) => credentials.map(async (by) => (await at.get('/auth/me', by)).status)),
      );
    const steps = [
      { change: ['set-role', 'scoobies', 'xander', '--role', 'member'], orgKey: 200 },
      { change: ['remove-member', 'scoobies', 'xander'], orgKey: 401 },
    ];
    for (const { change, orgKey } of steps) {
      const { signed, own, forOrg } = await made();
      expect(new Set(await statuses([...signed, own, forOrg]))).toEqual(new Set([200]));
      expect((await admin('org', ...change)).code).toBe(0);
      expect(new Set(await statuses(signed))).toEqual(new Set([401]));
      expect(await statuses([own, forOrg])).toEqual([200, orgKey, 200, orgKey]);
    }
    await signInAgain(xander);
    expect((await me(xander)).body.org_id).toBe(xander.org);
  });

  it('keeps the last owner, also when the last two leave at once', async () => {
    await admin('org', 'create', 'duo', '--owner', 'giles');
    const alone: string[][] = [
      ['remove-member', 'duo', 'giles'],
      ['set-role', 'duo', 'giles', '--role', 'admin'],
    ];
    for (const args of alone) expect((await admin('org', ...args)).err).toContain('last_owner');
    await admin('org', 'add-member', 'duo', 'taken', '--role', 'owner');
    const both = await Promise.all(['giles', 'taken'].map((who) => admin('org', 'remove-member', 'duo', who)));
    expect(both.map(({ code }) => code).toSorted()).toEqual([0, 1]);
  });

  it('does not let the last owner of an org with members delete the account', async () => {
    await register('buffy');
    await admin('org', 'create', 'slayers', '--owner', 'buffy');
    await admin('org', 'add-member', 'slayers', 'taken');
    expect((await admin('user', 'delete', 'buffy')).err).toContain('last_owner');
    await admin('org', 'remove-member', 'slayers', 'taken');
    expect((await admin('user', 'delete', 'buffy')).code).toBe(0);
  });

  it('leaves personal organisations alone, and says what is wrong', async () => {
    const refused: [string[], string][] = [
      [['add-member', 'giles', 'taken'], 'personal_org'],
      [['remove-member', 'giles', 'giles'], 'personal_org'],
      [['add-member', 'nowhere', 'taken'], 'org_not_found'],
      [['add-member', 'a b\0c', 'taken'], 'org_not_found'],
      [['add-member', 'crew', 'nobody'], 'actor_not_found'],
      [['set-role', 'crew', 'taken', '--role', 'admin'], 'not_a_member'],
      [['remove-member', 'crew', 'taken'], 'not_a_member'],
      [['set-role', 'crew', 'taken', '--role', 'king'], 'Allowed choices are owner, admin, member'],
      [['list', '--limit', 'many'], 'limit'],
    ];
    for (const [args, reason] of refused) {
      const { code, err, out } = await admin('org', ...args);
      expect([args, code, out, err]).toEqual([args, 1, '', expect.stringContaining(reason)]);
    }
  });
});

describe('POST /internal/orgs', () => {
  const post = async (body: object, service = 'identity') =>
    await auth.post('/internal/orgs', body, { 'x-actor-assertion': await auth.assertionOf(service) });

  it('makes one for identity, and gives the same one to its owner again', async () => {
    const { id } = await register('founder');
    const body = { slug: 'Startup', name: 'Startup', owner_actor_id: id };
    const made = await post(body);
    expect([made.status, made.body.public_id]).toEqual([201, 'microdao:startup']);
    const again = await post(body);
    expect([again.status, again.body]).toEqual([200, made.body]);
    const foreign = await post({ ...body, owner_actor_id: (await register('copycat')).id });
    expect([foreign.status, foreign.body.code]).toEqual([409, 'handle_taken']);
  });

  it('is for identity alone, and takes nothing odd', async () => {
    const body = { slug: 'another', name: 'x', owner_actor_id: 'user:nobody' };
    expect((await auth.post('/internal/orgs', body)).status).toBe(401);
    expect((await post(body, 'web')).status).toBe(403);
    const odd: [object, number][] = [
      [body, 422],
      [{ ...body, slug: 'a\0b' }, 422],
      [{ ...body, name: 'a\0b' }, 422],
      [{ ...body, owner_actor_id: 7 }, 422],
      [{}, 422],
    ];
    for (const [given, status] of odd) expect([given, (await post(given)).status]).toEqual([given, status]);
  });
});
