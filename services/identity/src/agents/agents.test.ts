import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes } from '@artdag/actor-context';
import { collectLogs, type TestActor } from '@artdag/testing';
import { answerTo, newKey, signedBy, startKeyWorld, type KeyWorld, type TestKey } from '../public-keys/keys.testing.ts';

let world: KeyWorld;
const logs = collectLogs();

beforeAll(async () => {
  world = await startKeyWorld({ logger: logs.logger });
});
afterAll(async () => {
  await world?.stop();
});

const codes = ({ status, body }: { status: number; body: { code?: string } }) => [status, body?.code];
let addresses = 0;
/** An address that has failed at nothing yet. */
const from = () => `198.51.100.${(addresses += 1) % 250}`;

async function somebody(handle: string, scopes: readonly string[] = allScopes): Promise<TestActor> {
  const signedIn = await world.signIn(newKey(), { handle }, { from: from() });
  return { ...signedBy(signedIn.body), scopes: [...scopes] };
}

async function provision(
  owner: TestActor,
  more: Record<string, unknown> = {},
  key: TestKey = newKey(),
  replica: 0 | 1 = 0,
) {
  const address = from();
  const proof = await world.proof(key, { from: address });
  const body = { handle: `agent-${key.fingerprint.slice(-8)}`, capabilities: ['read:*'], ...proof, ...more };
  return await world.call('POST', '/api/identities/agent', { body, as: owner, from: address, replica });
}

const list = async (as: TestActor, query = '') =>
  (await world.call('GET', `/api/identities/agent${query}`, { as })).body;
const eventsOf = async (actorId: string): Promise<{ type: string; data: object }[]> => {
  const rows = await world.sql('SELECT payload FROM identity.outbox ORDER BY created_at, id');
  const events = rows.map(({ payload }) => JSON.parse(String(payload)));
  return events.filter(({ actor_id }) => actor_id === actorId);
};

describe('POST /api/identities/agent', () => {
  it('makes an agent with its key, of the owner, for two hours, and tells of both', async () => {
    const owner = await somebody('keeper');
    const key = newKey();
    const more = {
      handle: 'Render-Bot',
      display_name: 'Renderer',
      agent_model: 'gpt ☃',
      capabilities: ['read:*', 'read:*'],
    };
    const { status, body, headers } = await provision(owner, more, key);
    expect([status, headers.get('location')]).toEqual([201, '/api/identities/render-bot']);
    expect(body).toEqual({
      identity: {
        id: expect.stringMatching(/^idn_/),
        ...{ handle: 'render-bot', identity_type: 'agent', display_name: 'Renderer', agent_model: 'gpt ☃' },
        ...{ bio: null, avatar_url: null, website_url: null, email: null, agent_capabilities: ['read:*'] },
        ...{ actor_id: 'agent:render-bot', spawned_by: owner.actor_id, expires_at: body.expires_at },
        ...{ created_at: expect.any(String), updated_at: expect.any(String) },
      },
      key: expect.objectContaining({ fingerprint: key.fingerprint, expires_at: body.expires_at, revoked_at: null }),
      expires_at: expect.any(String),
      spawned_by: owner.actor_id,
    });
    const lifeMs = Date.parse(body.expires_at) - Date.parse(body.identity.created_at);
    expect(lifeMs).toBe(7200_000);
    expect((await world.call('GET', '/api/identities/render-bot', { replica: 1 })).body).toEqual(body.identity);
    expect(world.auth.actors.get('agent:render-bot')).toMatchObject({ owner_actor_id: owner.actor_id });
    expect(await eventsOf('agent:render-bot')).toMatchObject([
      { type: 'key-added', data: { key_id: body.key.key_id, fingerprint: key.fingerprint } },
      {
        type: 'agent-created',
        data: { handle: 'render-bot', fingerprint: key.fingerprint, owner_actor_id: owner.actor_id },
      },
    ]);
    expect(logs.text()).not.toContain(key.publicKeyB64);
  });

  it('takes a handle longer than a person’s', async () => {
    expect((await provision(await somebody('long-names'), { handle: 'a'.repeat(64) })).status).toBe(201);
  });

  it.each([
    [60, 201],
    [2_592_000, 201],
    [59, 422],
    [2_592_001, 422],
    [0, 422],
    [-1, 422],
    [60.5, 422],
    ['3600', 422],
    [1e300, 422],
  ])('takes a life of %j seconds: %d', async (ttl, status) => {
    const owner = {
      actor_id: 'user:ttl',
      username: 'ttl-owner',
      method: 'msign',
      token_use: 'msign',
      scopes: ['read:*'],
    };
    world.auth.actors.set('user:ttl', { actor_id: 'user:ttl', username: 'ttl-owner', status: 'active' });
    const answer = await provision(owner, { ttl_seconds: ttl });
    expect(answer.status).toBe(status);
    if (status !== 201) return;
    expect(Date.parse(answer.body.expires_at) - Date.parse(answer.body.identity.created_at)).toBe(Number(ttl) * 1000);
  });

  it('gives no scope that its owner has not, and none at all when asked for none', async () => {
    const narrow = await somebody('narrow', ['read:assets', 'assets:create']);
    for (const wide of ['read:*', 'read:keys', 'assets:*', 'assets:record', 'storage:manage']) {
      const refused = await provision(narrow, { capabilities: ['read:assets', wide] });
      expect([wide, ...codes(refused)]).toEqual([wide, 403, 'scope_not_allowed']);
    }
    for (const nonsense of ['*', '*:*', 'read', 'read:**', 'READ:x', 'read:x y', 'read:\u0000', '', 7, null]) {
      const refused = await provision(narrow, { capabilities: [nonsense] });
      expect([nonsense, ...codes(refused)]).toEqual([nonsense, 422, 'validation_error']);
    }
    const made = await provision(narrow, { capabilities: ['assets:create', 'read:assets'] });
    expect(made.body.identity.agent_capabilities).toEqual(['assets:create', 'read:assets']);
    expect((await provision(narrow, { capabilities: [] })).status).toBe(201);
    expect((await provision(narrow, { capabilities: undefined })).status).toBe(422);
    const wide = await provision(await somebody('wide', ['read:*']), { capabilities: ['read:assets'] });
    expect(wide.status).toBe(201);
  });

  it('refuses a wrong proof, and makes nothing', async () => {
    const owner = await somebody('wrong-proof');
    const [key, other] = [newKey(), newKey()];
    const handle = 'never-made';
    const crossed = { ...(await world.proof(other)), public_key_b64: key.publicKeyB64 };
    expect(codes(await provision(owner, { ...crossed, handle }))).toEqual([401, 'fingerprint_mismatch']);
    const badlySigned = { ...answerTo(await world.challenge(key), other), public_key_b64: key.publicKeyB64 };
    expect(codes(await provision(owner, { ...badlySigned, handle }))).toEqual([401, 'bad_signature']);
    expect(codes(await provision(owner, { challenge_token: 'ab'.repeat(32), handle }))).toEqual([
      400,
      'challenge_invalid',
    ]);
    expect(world.auth.actors.has('agent:never-made')).toBe(false);
    expect((await list(owner)).total).toBe(0);
  });

  it('counts failures by address, as sign-in does', async () => {
    const owner = await somebody('guesser');
    const address = '203.0.113.99';
    const body = {
      handle: 'guess',
      capabilities: [],
      challenge_token: 'ab'.repeat(32),
      public_key_b64: '',
      signature_b64: '',
    };
    const ask = () => world.call('POST', '/api/identities/agent', { body, as: owner, from: address });
    for (let i = 0; i < 5; i += 1) expect((await ask()).body.code).toBe('challenge_invalid');
    expect(codes(await ask())).toEqual([429, 'too_many_failures']);
  });

  it.each([
    'a b',
    'x',
    '-agent',
    'agent-',
    'a\u0000b',
    '../../etc',
    "x'; DROP TABLE identities--",
    'a'.repeat(65),
    '\u212Aate',
  ])('refuses the handle %j', async (handle) => {
    const as = { actor_id: 'user:x', username: 'x', method: 'msign', token_use: 'msign' };
    expect(codes(await provision(as, { handle, capabilities: [] }))).toEqual([422, 'handle_invalid']);
  });

  it('gives no handle that is reserved or taken', async () => {
    const owner = await somebody('handle-taker');
    expect(codes(await provision(owner, { handle: 'admin' }))).toEqual([422, 'handle_reserved']);
    const { status, body } = await provision(owner, { handle: 'handle-taker' });
    expect([status, body.code, body.detail]).toEqual([409, 'handle_taken', 'handle already taken']);
  });

  it('gives a handle to one of two who want it at once', async () => {
    const [one, other] = [await somebody('agent-racer-1'), await somebody('agent-racer-2')];
    const handle = 'one-agent';
    const answers = await Promise.all([provision(one, { handle }), provision(other, { handle }, newKey(), 1)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  });

  it('takes a key once: not a person’s, not another agent’s', async () => {
    const owner = await somebody('key-reuser');
    const key = newKey();
    await world.signIn(key, { handle: 'person-with-key' });
    expect(codes(await provision(owner, {}, key))).toEqual([409, 'key_already_registered']);
    const agents = newKey();
    expect((await provision(owner, { handle: 'first-agent' }, agents)).status).toBe(201);
    expect(codes(await provision(owner, { handle: 'second-agent' }, agents))).toEqual([409, 'key_already_registered']);
    const thief = await somebody('key-thief');
    expect(codes(await provision(thief, { handle: 'first-agent' }, agents))).toEqual([409, 'key_already_registered']);
  });

  it('gives the same agent again whose first answer was lost', async () => {
    const owner = await somebody('lost-answer');
    const key = newKey();
    const first = await provision(owner, { handle: 'lost-one' }, key);
    const again = await provision(owner, { handle: 'lost-one' }, key, 1);
    expect([again.status, again.body.identity, again.body.key.key_id]).toEqual([
      200,
      first.body.identity,
      first.body.key.key_id,
    ]);
  });

  it('is completed by the same key after a crash behind auth, under the first handle', async () => {
    const owner = await somebody('crash-owner');
    const key = newKey();
    const ref = `agent:${key.fingerprint}:${owner.actor_id}`;
    const half = { actor_id: 'agent:half', actor_type: 'agent', ref, username: 'half', status: 'active', version: 1 };
    world.auth.actors.set('agent:half', half);
    const { status, body } = await provision(owner, { handle: 'another-name' }, key);
    expect([status, body.identity.handle, body.identity.actor_id]).toEqual([201, 'half', 'agent:half']);
  });

  it('stores nothing when auth is away', async () => {
    const owner = await somebody('auth-away');
    const key = newKey();
    const body = { handle: 'away-bot', capabilities: [], ...(await world.proof(key)) };
    world.auth.down = true;
    const answer = await world.call('POST', '/api/identities/agent', { body, as: owner, from: from() });
    world.auth.down = false;
    expect(codes(answer)).toEqual([503, 'dependency_unavailable']);
    expect((await provision(owner, { handle: 'away-bot' }, key)).status).toBe(201);
  });

  it('makes none for an owner who is disabled', async () => {
    const owner = await somebody('disabled-owner');
    const actor = world.auth.actors.get(String(owner.actor_id));
    world.auth.actors.set(String(owner.actor_id), { ...actor, status: 'disabled' });
    world.clock.ms += 61_000;
    expect(codes(await provision(owner))).toEqual([403, 'account_disabled']);
  });

  it('makes none by a key that was revoked, or a session that ended, while the request was under way', async () => {
    const owner = await somebody('revoked-meanwhile');
    const path = `/api/auth/keys/revoked-meanwhile/${String(owner.jti)}`;
    expect((await world.call('DELETE', path, { as: owner })).status).toBe(204);
    expect(codes(await provision(owner, { handle: 'foothold' }))).toEqual([401, 'key_revoked']);
    const ended = { ...owner, method: 'bearer', token_use: 'session', jti: null, sid: 'ses_ended' };
    expect(codes(await provision(ended, { handle: 'foothold-2' }))).toEqual([401, 'unauthorized']);
    expect((await list(owner)).identities).toEqual([]);
  });

  it('makes no more than a hundred live ones, also of many at once', async () => {
    const owner = await somebody('many-agents');
    await provision(owner);
    await world.sql(
      `INSERT INTO identity.identities (id, actor_id, handle, identity_type, display_name, spawned_by, expires_at)
       SELECT 'idn_m' || n, 'agent:m' || n, 'many-' || n, 'agent', 'x', $1, now() + interval '1 hour'
       FROM generate_series(1, 98) AS n`,
      [owner.actor_id],
    );
    const answers = await Promise.all([provision(owner), provision(owner, {}, newKey(), 1), provision(owner)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect(codes(await provision(owner))).toEqual([409, 'too_many_agents']);
  });
});

describe('an agent itself', () => {
  it('makes no agents, adds no keys, and changes no identity, not even its own', async () => {
    const owner = await somebody('strict-owner');
    const { body } = await provision(owner, { handle: 'strict-agent' });
    const agent: TestActor = {
      ...{ actor_id: body.identity.actor_id, actor_type: 'agent', roles: ['agent'], username: 'strict-agent' },
      ...{ method: 'msign', token_use: 'msign', jti: body.key.key_id, scopes: ['read:*'] },
    };
    expect(codes(await provision(agent, { handle: 'sub-agent' }))).toEqual([403, 'forbidden']);
    expect(codes(await world.call('GET', '/api/identities/agent', { as: agent }))).toEqual([403, 'forbidden']);
    const change = { body: { bio: 'x' }, as: agent };
    expect(codes(await world.call('PATCH', '/api/identities/strict-agent', change))).toEqual([403, 'forbidden']);
    for (const path of ['/api/identities/strict-agent', '/api/identities/agent/strict-agent']) {
      expect(codes(await world.call('DELETE', path, { as: agent }))).toEqual([403, 'forbidden']);
    }
    const key = await world.proof(newKey());
    expect(codes(await world.call('POST', '/api/auth/keys', { body: key, as: agent }))).toEqual([403, 'forbidden']);
  });

  it('is described by its owner, and by nobody else', async () => {
    const [owner, other] = [await somebody('describer'), await somebody('other-describer')];
    await provision(owner, { handle: 'described' });
    const body = { display_name: 'Named', bio: 'Renders.' };
    const path = '/api/identities/described';
    expect(codes(await world.call('PATCH', path, { body, as: other }))).toEqual([403, 'forbidden']);
    expect((await world.call('PATCH', path, { body, as: owner })).body).toMatchObject(body);
    expect(world.auth.actors.get('agent:described')).toMatchObject({ display_name: 'Named' });
  });
});
