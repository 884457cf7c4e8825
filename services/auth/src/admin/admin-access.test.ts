import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceKey, signServiceRequest } from '@artdag/actor-context';
import { openDatabase, type Database } from '@artdag/database/auth';
import { createMemoryStore } from '@artdag/key-value';
import { createTestDatabase, quietLogger, type TestDatabase } from '@artdag/testing';
import { startAuth, testSecrets, type Answer, type RunningAuth } from '../start-auth.testing.ts';
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

const path = '/internal/admin/prune';

interface Signing {
  service?: string;
  secret?: string;
  at?: Date;
  path?: string;
}

function signed(body: string, o: Signing = {}): Record<string, string> {
  const service = o.service ?? 'admin';
  const key = serviceKey(o.secret ?? testSecrets.internal, service);
  const request = { method: 'POST', path: o.path ?? path, body };
  return { authorization: signServiceRequest({ service, serviceKey: key, now: o.at ?? new Date(), ...request }) };
}

describe('/internal/admin', () => {
  it('takes the service key of admin, or its assertion', async () => {
    const body = '{"nonce":"first"}';
    expect((await auth.post(path, body, signed(body))).status).toBe(200);
    const assertion = { 'x-actor-assertion': await auth.assertionOf('admin') };
    expect((await auth.post(path, {}, assertion)).status).toBe(200);
  });

  it('refuses everybody else', async () => {
    const body = '{"nonce":"refused"}';
    const account = { username: 'giles', password: 'correct horse battery' };
    const { session_token: token, actor } = (await auth.post('/auth/register', account)).body;
    await admin('sysadmin', 'grant', 'giles');
    const human = { ...{ actor: { ...actor, roles: ['system_admin'] }, username: 'giles', org_id: null, scopes: [] } };
    const credential = { sid: 'ses_x', jti: null, method: 'bearer', token_use: 'session' };
    const asserted = await (await auth.gateway()).sign('auth', { ...human, ...credential }, 'giles');
    const attempts: [string, Promise<Answer>, number][] = [
      ['nobody', auth.post(path, body), 401],
      ['another service’s key', auth.post(path, body, signed(body, { service: 'gateway' })), 401],
      ['a key of another secret', auth.post(path, body, signed(body, { secret: 'x'.repeat(64) })), 401],
      ['another body', auth.post(path, '{"nonce":"other"}', signed(body)), 401],
      ['another path', auth.post(path, body, signed(body, { path: '/internal/admin/keys/rotate' })), 401],
      ['a stale stamp', auth.post(path, body, signed(body, { at: new Date(Date.now() - 62_000) })), 401],
      ['a session token', auth.post(path, body, { authorization: `Bearer ${token}` }), 401],
      ['another service', auth.post(path, body, { 'x-actor-assertion': await auth.assertionOf('identity') }), 403],
      ['the gateway', auth.post(path, body, { 'x-actor-assertion': await auth.assertionOf('gateway') }), 403],
      ['a sysadmin by the gateway', auth.post(path, body, { 'x-actor-assertion': asserted }), 403],
      ['a reader without a key', auth.get('/internal/admin/actors/giles'), 401],
    ];
    for (const [who, attempt, status] of attempts) expect([who, (await attempt).status]).toEqual([who, status]);
  });

  it('takes a signed change once, whichever replica it reaches', async () => {
    const body = '{"nonce":"once"}';
    const headers = signed(body);
    expect((await auth.post(path, body, headers)).status).toBe(200);
    for (const replica of [auth, other]) {
      const { status, body: answer } = await replica.post(path, body, headers);
      expect([status, answer.code]).toEqual([409, 'replayed']);
    }
    // Equal commands are two requests.
    expect([(await admin('prune-denylist')).code, (await admin('prune-denylist')).code]).toEqual([0, 0]);
  });

  it('takes nothing odd', async () => {
    const assertion = { 'x-actor-assertion': await auth.assertionOf('admin') };
    const odd: [string, unknown, number][] = [
      [path, { as: 'a\nb' }, 422],
      [path, { as: 'x'.repeat(65) }, 422],
      [path, [], 422],
      [path, 'null', 422],
      ['/internal/admin/actors', { actor_type: 'human', handle: 'somebody' }, 422],
      ['/internal/admin/actors', { actor_type: 'agent', handle: 'a\0b' }, 422],
      ['/internal/admin/actors', { actor_type: 'agent', handle: 'bot', display_name: 'a\u001bb' }, 422],
      ['/internal/admin/actors', { actor_type: 'agent', handle: 'root' }, 422],
      ['/internal/admin/actors', { actor_type: 'agent', handle: 'bot', owner: 'user:nobody' }, 422],
      ['/internal/admin/actors/%00/disable', {}, 404],
      ['/internal/admin/actors/%E0%A4%A/disable', {}, 400],
      ['/internal/admin/keys/%00/retire', {}, 404],
      ['/internal/admin/tokens', { actor: 'giles', label: 'x', expires_in: 1 }, 422],
      ['/internal/admin/tokens', { actor: 'giles', label: 'x', expires_in: 600, org: 'a\0b' }, 422],
      ['/internal/admin/api-keys', { actor: 'giles', description: 'a\0b' }, 422],
      ['/internal/admin/nothing', {}, 404],
    ];
    for (const [where, body, status] of odd) {
      const answer = await auth.post(where, body, assertion);
      expect([where, body, answer.status]).toEqual([where, body, status]);
    }
  });
});

describe('artdag-admin', () => {
  it('says what to do when it cannot call', async () => {
    const cases: [NodeJS.ProcessEnv, RegExp][] = [
      [{ AUTH_URL: 'http://127.0.0.1:1' }, /cannot be reached. Is it running, and is AUTH_URL right\?\n$/],
      [{ AUTH_URL: 'nonsense' }, /AUTH_URL is "nonsense", wants a URL/],
      [{ INTERNAL_SECRET: '' }, /Set INTERNAL_SECRET or INTERNAL_SECRET_FILE/],
      [{ INTERNAL_SECRET: 'y'.repeat(64) }, /Compare SERVICE_KEY or INTERNAL_SECRET with auth's, and the clocks/],
    ];
    for (const [env, reason] of cases) {
      const { code, out, err } = await adminOf(auth.url, env)('keys', 'list', '--json');
      expect([code, out, err]).toEqual([1, '', expect.stringMatching(reason)]);
    }
    const byKey = { INTERNAL_SECRET: '', SERVICE_KEY: serviceKey(testSecrets.internal, 'admin') };
    expect((await adminOf(auth.url, byKey)('keys', 'list')).code).toBe(0);
  });

  it('exits with 1 for commands that there are not, and 0 for help', async () => {
    for (const args of [['nonsense'], ['user'], ['user', 'show'], ['rotate-key', 'ap-actor'], ['actor', 'create']]) {
      const { code, err } = await admin(...args);
      expect([args, code, err === '']).toEqual([args, 1, false]);
    }
    const help = await admin('--help');
    expect([help.code, help.out]).toEqual([0, expect.stringContaining('rotate-key')]);
  });

  it('lists the key ring, adds a key that is published before it signs, and retires what signs no more', async () => {
    const before = (await admin('keys', 'list', '--json')).json.keys;
    expect(before).toMatchObject([{ status: 'primary', usable: true }]);
    expect(JSON.stringify(before)).not.toMatch(/private|"d"/);
    const primary = before[0].kid;
    expect((await admin('rotate-key', 'rs256', '--retire', primary)).err).toContain('key_is_primary');
    expect((await admin('rotate-key', 'rs256', '--retire', 'nothing')).err).toContain('key_not_found');
    const made = (await admin('rotate-key', 'rs256', '--json')).json;
    expect(made).toMatchObject({ status: 'next', activates_at: expect.any(String) });
    const published = (await auth.get('/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);
    expect(published).toEqual(expect.arrayContaining([primary, made.kid]));
    expect((await admin('rotate-key', 'rs256')).err).toContain('rotation_under_way');
    expect((await admin('keys', 'list')).out).toContain(`${made.kid}  next`);
    expect((await admin('rotate-key', 'rs256', '--retire', made.kid, '--json')).json).toMatchObject({
      status: 'retired',
    });
    expect(await auditOf(tables, 'key_ring.rotated', made.kid)).toMatchObject([
      { actor_id: 'service:admin', data: { operator: 'ops', step: 'added' } },
      { actor_id: 'service:admin', data: { operator: 'ops', step: 'retired' } },
    ]);
  });

  it('makes a service with an API key and a token that work, and are gone when it is disabled', async () => {
    const made = await admin('actor', 'create', '--type', 'service', '--handle', 'nightly-backup', '--json');
    expect(made.json).toMatchObject({ actor_id: expect.stringMatching(/^service:/), actor_type: 'service', roles: [] });
    const { json: key } = await admin(
      'api-key',
      'create',
      '--actor',
      'nightly-backup',
      '--scopes',
      'read:*',
      '--expires-days',
      '30',
      '--json',
    );
    expect(key).toMatchObject({
      key: expect.stringMatching(/^dk_/),
      scopes: ['read:*'],
      expires_at: expect.any(String),
    });
    const { json: minted } = await admin('mint-token', '--service', 'nightly-backup', '--ttl', '2h', '--json');
    expect(Date.parse(minted.expires_at) - Date.now()).toBeGreaterThan(7_100_000);
    const plain = await admin('mint-token', '--actor', 'nightly-backup');
    expect(plain.out).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const carriers = [
      { 'x-api-key': key.key },
      { authorization: `Bearer ${minted.token}` },
      { authorization: `Bearer ${plain.out.trim()}` },
    ];
    const seen = async () =>
      await Promise.all(carriers.map(async (headers) => (await auth.get('/auth/me', headers)).status));
    expect(await seen()).toEqual([200, 200, 200]);
    expect(await auditOf(tables, 'api_token.created', minted.id)).toMatchObject([{ data: { operator: 'ops' } }]);
    await admin('user', 'disable', 'nightly-backup');
    expect(await seen()).toEqual([401, 401, 401]);
    expect((await admin('mint-token', '--service', 'nightly-backup')).err).toContain('not_active');
  });

  it('mints nothing beyond what there is, and no API key for people', async () => {
    const refused: [string[], string][] = [
      [['mint-token', '--service', 'giles'], 'wrong_type'],
      [['mint-token', '--actor', 'giles', '--service', 'giles'], 'either --actor or --service'],
      [['mint-token'], 'either --actor or --service'],
      [['mint-token', '--actor', 'giles', '--ttl', 'soon'], 'wants seconds or a number'],
      [['mint-token', '--actor', 'giles', '--ttl', '91d'], 'expires_in'],
      [['mint-token', '--actor', 'giles', '--scopes', 'everything'], 'scopes'],
      [['mint-token', '--actor', 'giles', '--scopes', 'admin:everything'], 'scope_not_allowed'],
      [['api-key', 'create', '--actor', 'giles'], 'is_human'],
      [['api-key', 'create', '--actor', 'nobody'], 'actor_not_found'],
      [['api-key', 'create', '--actor', 'giles', '--expires-days', 'x'], 'wants a whole number'],
    ];
    for (const [args, reason] of refused) {
      const { code, err, out } = await admin(...args);
      expect([args, code, out, err]).toEqual([args, 1, '', expect.stringContaining(reason)]);
    }
  });

  it('prunes what has ended, and nothing else', async () => {
    await auth.sql(
      `INSERT INTO auth.revoked_tokens (jti, reason, expires_at) VALUES ('tok_old', 'x', now() - interval '2 hours'), ('tok_new', 'x', now() + interval '1 hour')`,
    );
    expect((await admin('prune-denylist', '--json')).json.deleted.denials).toBeGreaterThanOrEqual(1);
    const left = await auth.sql(`SELECT jti FROM auth.revoked_tokens WHERE jti IN ('tok_old', 'tok_new')`);
    expect(left).toEqual([{ jti: 'tok_new' }]);
    expect((await admin('prune-denylist')).out).toMatch(
      /^Deleted \d+ denials, \d+ refresh tokens, \d+ sessions, \d+ api tokens\.\n$/,
    );
  });

  it('brings a database up to date, and says how far it is', async () => {
    const env = { DATABASE_URL: database.url };
    const status = await adminOf(auth.url, env)('migrate', 'status', '--json');
    expect(status.json.contexts).toContainEqual(
      expect.objectContaining({ context: 'auth', pending: [], problems: [] }),
    );
    const up = await adminOf(auth.url, env)('migrate', 'up');
    expect([up.code, up.out]).toEqual([0, 'The database is up to date.\n']);
    const away = await adminOf(auth.url, { DATABASE_URL: 'postgresql://x@127.0.0.1:1/x' })('migrate', 'up');
    expect([away.code, away.err]).toEqual([1, expect.stringContaining('PostgreSQL cannot be reached')]);
    expect((await adminOf(auth.url)('migrate', 'status')).err).toContain('Set MIGRATE_DATABASE_URL');
  });
});

describe('POST /internal/admin/notes', () => {
  const notes = '/internal/admin/notes';

  it('writes to the audit log what an operator is about to do elsewhere', async () => {
    const body = JSON.stringify({
      ...{ as: 'xander', action: 'identity.recovered', target: 'giles', options: { force: true }, nonce: 'n-1' },
    });
    expect((await auth.post(notes, body, signed(body, { path: notes }))).status).toBe(204);
    const entries = await auditOf(tables, 'identity.recovered', 'giles');
    expect(entries).toMatchObject([
      { actor_id: 'service:admin', target: 'giles', data: { operator: 'xander', force: true } },
    ]);
  });

  it('takes no other actions, and nothing of anybody else', async () => {
    const body = '{"action":"account.deleted","nonce":"n-2"}';
    expect((await auth.post(notes, body, signed(body, { path: notes }))).status).toBe(422);
    const good = '{"action":"actor_keys.rotated","target":"giles","nonce":"n-3"}';
    expect((await auth.post(notes, good, signed(good, { path: notes, service: 'identity' }))).status).toBe(401);
    expect(await auditOf(tables, 'actor_keys.rotated', 'giles')).toEqual([]);
  });
});
