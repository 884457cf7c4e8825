import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestActor } from '@artdag/testing';
import { newKey, signedBy, startKeyWorld, type KeyWorld } from './keys.testing.ts';

let world: KeyWorld;
let from: string;
let tests = 0;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});
beforeEach(() => {
  tests += 1;
  from = `203.0.113.${tests}`;
});

const codes = ({ status, body }: { status: number; body: { code?: string; detail?: string } | null }) => [
  ...[status, body?.code, body?.detail],
];
const member = async (handle: string) => {
  const key = newKey();
  const { body } = await world.signIn(key, { handle, label: 'first' }, { from });
  return { key, body, as: signedBy(body), path: `/api/auth/keys/${handle}/${body.key.key_id}` };
};
const rowOf = async (keyId: string) =>
  (await world.sql('SELECT revoke_reason, revocation_confirmed_at FROM identity.auth_keys WHERE id = $1', [keyId]))[0];
const revokedEvents = async (keyId: string) =>
  await world.sql(`SELECT payload FROM identity.outbox WHERE type = 'key-revoked' AND payload LIKE '%' || $1 || '%'`, [
    keyId,
  ]);
const isKeyId = '01h455vb4pex5vsknk084sn02q';

describe('GET /api/auth/keys/{handle}', () => {
  it('shows their owner all keys, the revoked ones too, and to any kind of credential', async () => {
    const { body, as } = await member('lister');
    const proof = await world.proof(newKey(), { from });
    const next = await world.call('POST', '/api/auth/keys', { body: { ...proof, label: 'second' }, as, from });
    await world.call('DELETE', `/api/auth/keys/lister/${next.body.key_id}`, { as });
    const callers: TestActor[] = [
      as,
      { ...as, method: 'cookie', token_use: 'session', sid: 'ses_1' },
      { ...as, method: 'api_key', token_use: 'api_key' },
      { ...as, method: 'bearer', token_use: 'api' },
    ];
    for (const caller of callers) {
      const listed = await world.call('GET', '/api/auth/keys/LISTER', { as: caller });
      expect([listed.status, listed.body]).toEqual([
        200,
        { keys: [{ ...next.body, revoked_at: expect.any(String) }, body.key] },
      ]);
    }
  });

  it('is for an agent of its own keys', async () => {
    await world.sql(
      `INSERT INTO identity.identities (id, actor_id, handle, identity_type, display_name, spawned_by, expires_at)
       VALUES ('idn_agent', 'agent:a', 'my-agent', 'agent', 'A', 'user:somebody', now() + interval '1 hour')`,
    );
    await world.sql(
      `INSERT INTO identity.auth_keys (id, identity_id, fingerprint, algorithm, public_key)
       VALUES ('key_${isKeyId}', 'idn_agent', 'sha256:agent', 'ed25519', '\\x00')`,
    );
    const as: TestActor = { actor_id: 'agent:a', actor_type: 'agent', username: 'my-agent', method: 'msign' };
    const { body } = await world.call('GET', '/api/auth/keys/my-agent', { as });
    expect(body.keys).toMatchObject([{ fingerprint: 'sha256:agent' }]);
    expect((await world.call('DELETE', `/api/auth/keys/my-agent/key_${isKeyId}`, { as })).status).toBe(204);
    expect(world.auth.revoked.get(`key_${isKeyId}`)).toBe('revoked_by_owner');
  });
});

describe('the keys of an owner', () => {
  it('are forbidden to everybody else, whether the handle is there or not', async () => {
    const { as } = await member('nosy');
    const { path } = await member('private');
    const paths = ['/api/auth/keys/private', '/api/auth/keys/never-was', '/api/auth/keys/%00', '/api/auth/keys/a%2Fb'];
    const odd = [`/api/auth/keys/${encodeURIComponent("' OR 1=1 --")}`, '/api/auth/keys/%E2%84%AAosy'];
    for (const listed of [...paths, ...odd]) {
      expect(codes(await world.call('GET', listed, { as }))).toEqual([403, 'forbidden', 'Forbidden']);
    }
    for (const one of [path, `/api/auth/keys/never-was/key_${isKeyId}`, '/api/auth/keys/never-was/x']) {
      expect(codes(await world.call('DELETE', one, { as }))).toEqual([403, 'forbidden', 'Forbidden']);
    }
    expect((await world.call('GET', '/api/auth/keys/private')).status).toBe(401);
    expect((await world.call('DELETE', path)).status).toBe(401);
    expect((await world.call('GET', '/api/auth/keys/private', { service: 'gateway' })).status).toBe(403);
    const nameless = { ...as, username: null };
    expect((await world.call('GET', '/api/auth/keys/null', { as: nameless })).status).toBe(403);
  });

  it('are not found where their owner has none', async () => {
    const as: TestActor = { actor_id: 'user:new', username: 'new', sid: 'ses_1', token_use: 'session' };
    const missing = [404, 'identity_not_found', "Identity 'new' not found"];
    expect(codes(await world.call('GET', '/api/auth/keys/New', { as }))).toEqual(missing);
    expect(codes(await world.call('DELETE', `/api/auth/keys/new/key_${isKeyId}`, { as }))).toEqual(missing);
    const { as: owner } = await member('finds-none');
    const { body: other } = await member('has-one');
    const ids = [`key_${isKeyId}`, other.key.key_id, 'x', '%00', `key_${isKeyId}%00`, "'%20OR%201=1", '..%2F..'];
    for (const id of ids) {
      const answer = await world.call('DELETE', `/api/auth/keys/finds-none/${id}`, { as: owner });
      expect([id, ...codes(answer)]).toEqual([id, 404, 'key_not_found', 'Key not found']);
    }
    expect(await rowOf(other.key.key_id)).toMatchObject({ revoke_reason: null });
  });
});

describe('DELETE /api/auth/keys/{handle}/{key_id}', () => {
  it('ends the very key that signed it: 204 with no body once auth refuses it, one event, and again 204', async () => {
    const { key, body, as, path } = await member('leaver');
    const answers = [await world.call('DELETE', path, { as }), await world.call('DELETE', path, { as, replica: 1 })];
    expect(answers.map(({ status, body: text }) => [status, text])).toEqual([
      [204, null],
      [204, null],
    ]);
    expect(world.auth.revoked.get(body.key.key_id)).toBe('revoked_by_owner');
    expect(await rowOf(body.key.key_id)).toMatchObject({ revocation_confirmed_at: expect.any(Date) });
    const events = await revokedEvents(body.key.key_id);
    expect(events.map(({ payload }) => JSON.parse(String(payload)))).toMatchObject([
      {
        ...{ subject: body.key.key_id, subject_version: 2, actor_id: 'user:leaver' },
        data: { handle: 'leaver', key_id: body.key.key_id, fingerprint: key.fingerprint, reason: 'revoked_by_owner' },
      },
    ]);
    expect((await world.signIn(key, {}, { from })).body.code).toBe('key_revoked');
    const identities = await world.sql(`SELECT deleted_at FROM identity.identities WHERE handle = 'leaver'`);
    expect(identities).toEqual([{ deleted_at: null }]);
  });

  it('writes one event when two end a key at once', async () => {
    const { body, as, path } = await member('twice-ended');
    const answers = await Promise.all([0, 1, 0, 1].map((n) => world.call('DELETE', path, { as, replica: n as 0 | 1 })));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect(await revokedEvents(body.key.key_id)).toHaveLength(1);
  });

  it('is 503 while auth is away, and the key has ended all the same; repeated it is confirmed', async () => {
    const { key, body, as, path } = await member('cut-off');
    world.auth.down = true;
    const refused = await world.call('DELETE', path, { as });
    world.auth.down = false;
    expect([refused.status, refused.body.code]).toEqual([503, 'dependency_unavailable']);
    expect((await world.signIn(key, {}, { from })).body.code).toBe('key_revoked');
    expect((await world.call('DELETE', path, { as })).status).toBe(204);
    expect(world.auth.revoked.has(body.key.key_id)).toBe(true);
    expect(await rowOf(body.key.key_id)).toMatchObject({ revocation_confirmed_at: expect.any(Date) });
  });

  it('is done in a session too, but not with API keys and API tokens', async () => {
    const { body, as, path } = await member('by-session');
    for (const program of [
      { ...as, method: 'api_key', token_use: 'api_key' },
      { ...as, method: 'bearer', token_use: 'api' },
      { ...as, method: 'bearer', token_use: 'l1', sid: 'ses_1' },
    ]) {
      const refused = await world.call('DELETE', path, { as: program });
      expect([refused.status, refused.body.code]).toEqual([403, 'session_required']);
    }
    expect(await rowOf(body.key.key_id)).toMatchObject({ revoke_reason: null });
    const login = { ...as, method: 'cookie', token_use: 'session', sid: 'ses_1' };
    expect((await world.call('DELETE', path, { as: login })).status).toBe(204);
  });

  it('tells every replica to drop the key list', async () => {
    const { as, path } = await member('well-known');
    const heard: string[] = [];
    const stop = await world.store.subscribe(
      'cache:invalidate',
      (text) => void heard.push(text),
      () => undefined,
    );
    await world.call('DELETE', path, { as });
    await stop();
    expect(heard).toContain('{"cache":"msign/keys","key":"well-known"}');
  });
});
