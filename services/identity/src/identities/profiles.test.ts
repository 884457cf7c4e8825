import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestActor } from '@artdag/testing';
import { newKey, signedBy, startKeyWorld, type KeyWorld } from '../public-keys/keys.testing.ts';

let world: KeyWorld;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});

const codes = ({ status, body }: { status: number; body: { code?: string } }) => [status, body?.code];
const get = (path: string) => world.call('GET', path);
const patch = (handle: string, body: unknown, as: TestActor) =>
  world.call('PATCH', `/api/identities/${handle}`, { body, as });

/** Somebody who signed in by a key, as the gateway asserts them. */
async function somebody(handle: string): Promise<TestActor> {
  return signedBy((await world.signIn(newKey(), { handle })).body);
}

describe('GET /api/identities/{handle}', () => {
  it('shows what everybody may see, whatever the case of the handle', async () => {
    const { actor_id } = await somebody('gabriel');
    const { status, body, headers } = await get('/api/identities/GABRIEL');
    expect([status, body]).toEqual([
      200,
      {
        id: expect.stringMatching(/^idn_/),
        ...{ handle: 'gabriel', identity_type: 'human', display_name: 'gabriel', bio: null, avatar_url: null },
        ...{ website_url: null, email: null, agent_model: null, agent_capabilities: [], actor_id },
        ...{ spawned_by: null, expires_at: null },
        ...{ created_at: expect.stringMatching(/Z$/), updated_at: expect.stringMatching(/Z$/) },
      },
    ]);
    expect(headers.get('cache-control')).toBe('public, no-cache');
  });

  it('answers 304 for as long as nothing has changed', async () => {
    const me = await somebody('cached');
    const tag = (await get('/api/identities/cached')).headers.get('etag') ?? '';
    const ask = (value: string) =>
      fetch(`${world.replicas[1].url}/api/identities/cached`, { headers: { 'if-none-match': value } });
    expect([(await ask(tag)).status, (await ask(`"x", W/${tag}`)).status, (await ask('"x"')).status]).toEqual([
      304, 304, 200,
    ]);
    await patch('cached', { bio: 'new' }, me);
    expect((await ask(tag)).status).toBe(200);
  });

  it.each([
    ['nobody'],
    ['x'],
    ['%00'],
    ['a%00b'],
    ["x'%3B%20DROP%20TABLE%20identities--"],
    ['..%2F..%2Fetc'],
    ['%F0%9F%92%A9'],
    ['%E2%84%AAate'],
    ['a'.repeat(4000)],
  ])('knows no %s', async (handle) => {
    const { status, body } = await get(`/api/identities/${handle}`);
    expect([status, body.code]).toEqual([404, 'identity_not_found']);
    expect(body.detail).toMatch(/^Identity '.*' not found$/s);
  });

  it('says which identity it did not find', async () => {
    expect((await get('/api/identities/Nobody')).body.detail).toBe(`Identity 'Nobody' not found`);
  });
});

describe('GET /api/identities', () => {
  it('shows everybody on one page or another, once, while others come', async () => {
    for (let i = 0; i < 5; i += 1) await somebody(`early-${i}`);
    const { body: whole } = await get('/api/identities?per_page=100');
    const seen: string[] = [];
    for (let page = 1; seen.length < whole.total; page += 1) {
      const { body } = await get(`/api/identities?page=${page}&per_page=2`);
      seen.push(...body.identities.map(({ handle }: { handle: string }) => handle));
      if (page < 3) await somebody(`late-${page}`);
    }
    const handles = whole.identities.map(({ handle }: { handle: string }) => handle);
    expect(seen.slice(0, handles.length)).toEqual(handles);
    expect(new Set(seen).size).toBe(seen.length);
    expect((await get('/api/identities?page=9000')).body).toMatchObject({ identities: [], page: 9000, per_page: 20 });
  });

  it('shows one type when asked', async () => {
    const me = await somebody('founder');
    const body = { handle: 'the-firm', display_name: 'The Firm', identity_type: 'org' };
    await world.call('POST', '/api/identities', { body, as: me });
    const { body: orgs } = await get('/api/identities?identity_type=org');
    expect([orgs.total, orgs.identities[0].handle]).toEqual([1, 'the-firm']);
  });

  it.each([
    'page=0',
    'page=-1',
    'page=x',
    'page=10001',
    'per_page=101',
    'per_page=0',
    'identity_type=robot',
    'page=1e99',
  ])('refuses ?%s', async (query) => {
    expect(codes(await get(`/api/identities?${query}`))).toEqual([422, 'validation_error']);
  });
});

describe('PATCH /api/identities/{handle}', () => {
  it('changes what is given, takes away what is null, and leaves the rest', async () => {
    const me = await somebody('painter');
    const whole = {
      ...{ display_name: ' The Painter ', bio: 'I paint.\nA lot ☃', avatar_url: 'https://pics.example/a b.png' },
      ...{ website_url: 'http://example.org', email: 'Me@Example.org' },
    };
    const first = await patch('Painter', whole, me);
    expect([first.status, first.body]).toMatchObject([
      200,
      {
        ...{ display_name: 'The Painter', bio: 'I paint.\nA lot ☃', avatar_url: 'https://pics.example/a%20b.png' },
        ...{ website_url: 'http://example.org/', email: 'me@example.org' },
      },
    ]);
    const second = await patch('painter', { bio: null, email: null }, me);
    expect(second.body).toMatchObject({ display_name: 'The Painter', bio: null, email: null });
    expect(second.body.website_url).toBe('http://example.org/');
    expect((await get('/api/identities/painter')).body).toEqual(second.body);
  });

  it('tells of what is shown elsewhere, under a version that those who ask get too', async () => {
    const me = await somebody('sculptor');
    const path = `/internal/identity/profiles/${encodeURIComponent(String(me.actor_id))}`;
    const said = () => world.call('GET', path, { service: 'federation' });
    const told = async () =>
      (
        await world.sql(
          `SELECT payload::jsonb ->> 'subject_version' AS version FROM identity.outbox
           WHERE type = 'profile-updated' AND payload::jsonb ->> 'subject' = $1 ORDER BY id`,
          [`${me.actor_id}#profile`],
        )
      ).map(({ version }) => Number(version));
    const nothing = { actor_id: me.actor_id, bio: null, avatar_url: null, website_url: null };
    expect((await said()).body).toEqual({ ...nothing, version: 0 });
    for (const changes of [
      { bio: 'x' },
      { bio: 'x' },
      { email: 'me@example.org' },
      { website_url: 'https://x.example' },
    ])
      expect((await patch('sculptor', changes, me)).status).toBe(200);
    expect(await told()).toEqual([1, 2]);
    expect((await said()).body).toEqual({ ...nothing, bio: 'x', website_url: 'https://x.example/', version: 2 });

    expect(codes(await world.call('GET', path, { service: 'l1-bridge' }))).toEqual([403, 'forbidden']);
    for (const id of ['user:nobody', 'a%00b'])
      expect(codes(await world.call('GET', `/internal/identity/profiles/${id}`, { service: 'federation' }))).toEqual([
        404,
        'identity_not_found',
      ]);
  });

  it('changes the name in auth first: if auth is away nothing changes', async () => {
    const me = await somebody('renamed');
    await patch('renamed', { display_name: 'One' }, me);
    expect(world.auth.actors.get('user:renamed')).toMatchObject({ display_name: 'One' });
    world.auth.down = true;
    const away = await patch('renamed', { display_name: 'Two', bio: 'Two' }, me);
    world.auth.down = false;
    expect(codes(away)).toEqual([503, 'dependency_unavailable']);
    expect((await get('/api/identities/renamed')).body).toMatchObject({ display_name: 'One', bio: null });
  });

  it.each([
    [{ display_name: '' }],
    [{ display_name: null }],
    [{ display_name: 'a\u0000b' }],
    [{ display_name: 'Ada\u202e (admin)' }],
    [{ display_name: '\u2800' }],
    [{ bio: 'x'.repeat(2001) }],
    [{ bio: 'a\u0000b' }],
    [{ bio: 'a\u001b[31m' }],
    [{ avatar_url: 'javascript:alert(1)' }],
    [{ avatar_url: 'java\nscript:alert(1)' }],
    [{ avatar_url: 'data:text/html,x' }],
    [{ avatar_url: 'https://me:secret@example.org/' }],
    [{ website_url: 'example.org' }],
    [{ website_url: `https://example.org/${'x'.repeat(2048)}` }],
    [{ website_url: `https://example.org/${'é'.repeat(1000)}` }],
    [{ email: 'no address' }],
    [{ handle: 'other' }],
    [{ agent_capabilities: ['read:*'] }],
    [[]],
    ['text'],
  ])('refuses %j', async (body) => {
    const me = await somebody('strict').catch(() => ({}));
    const as = { ...me, actor_id: 'user:strict', username: 'strict', method: 'msign', token_use: 'msign' };
    expect(codes(await patch('strict', body, as))).toEqual([422, 'validation_error']);
  });

  it('is forbidden for another’s, whether or not it exists', async () => {
    const me = await somebody('curious');
    await somebody('private');
    for (const handle of ['private', 'not-there', '%00', 'x']) {
      expect(codes(await patch(handle, { bio: 7 }, me))).toEqual([403, 'forbidden']);
    }
  });

  it('takes a session too, of somebody whose identity is not there yet', async () => {
    const actor = { actor_id: 'user:web', username: 'web-user', display_name: 'Web', status: 'active', version: 3 };
    world.auth.actors.set('user:web', actor);
    const as = { actor_id: 'user:web', username: 'web-user', sid: 'ses_1' };
    expect((await patch('web-user', { bio: 'hi' }, as)).body).toMatchObject({ display_name: 'Web', bio: 'hi' });
  });

  it.each<[string, TestActor, string]>([
    ['an API key', { method: 'api_key', token_use: 'api_key' }, 'session_required'],
    [
      'an API key that says it has a session',
      { method: 'api_key', token_use: 'api_key', sid: 'ses_1' },
      'session_required',
    ],
    ['an API token', { token_use: 'api' }, 'session_required'],
    ['an API token with a session', { token_use: 'api', sid: 'ses_1' }, 'session_required'],
    ['an agent', { actor_type: 'agent', method: 'msign', token_use: 'msign' }, 'forbidden'],
    ['a service', { actor_type: 'service', method: 'api_key', token_use: 'api_key' }, 'forbidden'],
  ])('is refused to %s, as every change here', async (_who, as, code) => {
    const own = { actor_id: 'user:alice', username: 'alice', ...as };
    for (const [method, path] of [
      ['PATCH', '/api/identities/alice'],
      ['DELETE', '/api/identities/alice'],
      ['POST', '/api/identities'],
      ['POST', '/api/identities/agent'],
      ['DELETE', '/api/identities/agent/some-agent'],
    ] as const) {
      const body = method === 'DELETE' ? undefined : {};
      expect([path, ...codes(await world.call(method, path, { body, as: own }))]).toEqual([path, 403, code]);
    }
  });

  it('is refused to nobody and to services that speak for themselves', async () => {
    expect((await world.call('PATCH', '/api/identities/alice', { body: {} })).status).toBe(401);
    expect((await world.call('DELETE', '/api/identities/alice', { service: 'web' })).status).toBe(403);
  });
});
