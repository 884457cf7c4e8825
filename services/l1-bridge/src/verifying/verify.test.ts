import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accessToken, apiToken, eventually, makeRingKey } from '@artdag/testing';
import { north, south, startL1World, type Answer, type L1World } from '../l1-world.testing.ts';

let world: L1World;
let giles: { actor_id: string; username: string };

beforeAll(async () => {
  world = await startL1World();
});
afterAll(() => world.close());
beforeEach(() => {
  world.auth.deaf.clear();
  world.clock.offsetMs = 0;
  giles = world.auth.addActor('giles', { display_name: 'Giles' });
});

const tokenFor = (o: Partial<Parameters<L1World['auth']['tokenFor']>[0]> = {}) =>
  world.auth.tokenFor({ username: 'giles', l1Server: north, ...o });
const verify = (token: string, l1 = north): Promise<Answer> =>
  world.post('/auth/verify', { json: { token, l1_server: l1 } });
const said = ({ status, body }: Answer): unknown[] => [status, body.code];

describe('POST /auth/verify', () => {
  it('answers whose the token is, in exactly the members of the spec, to be stored by nobody', async () => {
    const { token, jti } = tokenFor({ claims: { iat: 1_790_000_000, exp: 4_000_000_000 } });
    const { status, headers, body } = await verify(token);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      ...{ valid: true, username: 'giles', actor_id: giles.actor_id, display_name: 'Giles' },
      ...{ l2_server: 'https://l2.example', l1_server: north, scopes: ['l1:use', 'assets:record'], jti },
      ...{ issued_at: '2026-09-21T14:13:20.000Z', expires_at: '2096-10-02T07:06:40.000Z' },
      actor: { actor_id: giles.actor_id, actor_type: 'human', microdao_ids: ['microdao:north'], roles: ['member'] },
    });
  });

  it('takes the token as Bearer or in the body, and the L1’s address in whatever spelling', async () => {
    const { token } = tokenFor();
    for (const json of [
      { l1_server: north },
      { token, l1_server: north },
      { l1_server: 'HTTPS://North.example:443/' },
    ]) {
      expect((await world.post('/auth/verify', { json, headers: { authorization: `Bearer ${token}` } })).status).toBe(
        200,
      );
    }
    expect((await verify(token, `${north}/`)).status).toBe(200);
  });

  it.each<[string, unknown, Record<string, string>]>([
    ['no l1_server', { token: 'x' }, {}],
    ['an empty l1_server', { token: 'x', l1_server: '' }, {}],
    ['an l1_server of another type', { token: 'x', l1_server: [north] }, {}],
    ['no token', { l1_server: north }, {}],
    ['a token of another type', { token: { a: 1 }, l1_server: north }, {}],
    ['two tokens', { token: 'x', l1_server: north }, { authorization: 'Bearer y' }],
    ['another scheme than Bearer', { l1_server: north }, { authorization: 'Basic eDp5' }],
    ['a list', [], {}],
    ['a key challenge, which goes to /api/auth/verify', { challenge_token: 'x', signature: 'y' }, {}],
  ])('answers 422 to %s', async (_, json, headers) => {
    const answer = await world.post('/auth/verify', { json, headers });
    expect([...said(answer), answer.headers.get('cache-control')]).toEqual([422, 'validation_error', 'no-store']);
  });

  it('takes JSON only', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ token: tokenFor().token, l1_server: north }).toString();
    expect(said(await world.post('/auth/verify', { body, headers }))).toEqual([415, 'unsupported_media_type']);
    expect((await world.post('/auth/verify', { body: '{' })).status).toBe(400);
  });
});

/** A token by name, and what the L1 `north` gets for it. */
function hostileTokens(): [string, string, number, string][] {
  const [key = makeRingKey('')] = world.auth.ring;
  const stranger = makeRingKey('ring-1');
  const [header = '', payload = ''] = tokenFor().token.split('.');
  const hsHeader = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'l1+jwt', kid: 'ring-1' })).toString('base64url');
  const pem = key.publicKey.export({ format: 'pem', type: 'spki' });
  const hs = createHmac('sha256', pem).update(`${hsHeader}.${payload}`).digest('base64url');
  const { ring } = world.auth;
  const signedBy = (other: typeof key, o: Parameters<typeof tokenFor>[0] = {}): string => {
    ring.unshift(other);
    const { token } = tokenFor(o);
    ring.shift();
    return token;
  };
  const changed = Buffer.from(payload, 'base64url').toString().replace('giles', 'admin');
  const past = { iat: 1_700_000_000, exp: 1_700_003_600 };
  const at = { claims: { iss: 'l2.example', aud: 'l2.example', sub: giles.actor_id } };
  return [
    ['nothing like a token', 'x', 401, 'invalid_token'],
    ['three dots', '..', 401, 'invalid_token'],
    ['a huge text', 'a'.repeat(10_000), 401, 'invalid_token'],
    ['an expired one', tokenFor({ claims: past }).token, 401, 'invalid_token'],
    ['one that never expires', tokenFor({ claims: { exp: undefined } }).token, 401, 'invalid_token'],
    ['one of the future', tokenFor({ claims: { iat: 4_000_000_000, exp: 4_000_003_600 } }).token, 401, 'invalid_token'],
    ['alg none', tokenFor({ header: { alg: 'none' } }).token, 401, 'invalid_token'],
    ['HS256 with the public key', `${hsHeader}.${payload}.${hs}`, 401, 'invalid_token'],
    ['RS512 by our key', tokenFor({ header: { alg: 'RS512' } }).token, 401, 'invalid_token'],
    ['no signature', `${header}.${payload}.`, 401, 'invalid_token'],
    ['an unknown kid', signedBy(makeRingKey('ring-9')), 401, 'invalid_token'],
    ['our kid by another signer', signedBy(stranger), 401, 'invalid_token'],
    ['no kid', tokenFor({ header: { kid: undefined } }).token, 401, 'invalid_token'],
    ['a kid that is a path', tokenFor({ header: { kid: '../../etc/passwd' } }).token, 401, 'invalid_token'],
    ['crit', tokenFor({ header: { crit: ['exp'] } }).token, 401, 'invalid_token'],
    [
      'another user in a signed token',
      `${header}.${Buffer.from(changed).toString('base64url')}.x`,
      401,
      'invalid_token',
    ],
    ['another issuer', tokenFor({ claims: { iss: 'evil.example' } }).token, 401, 'invalid_token'],
    ['another audience', tokenFor({ claims: { aud: south } }).token, 401, 'invalid_token'],
    ['an access token dressed as ours', tokenFor({ claims: { token_use: 'access' } }).token, 401, 'invalid_token'],
    ['no actor', tokenFor({ claims: { actor_id: undefined } }).token, 401, 'invalid_token'],
    ['an actor that nobody knows', tokenFor({ username: 'nobody' }).token, 401, 'invalid_token'],
    ['an access token', accessToken(key, at), 403, 'token_scope_mismatch'],
    ['an API token', apiToken(key, at), 403, 'token_scope_mismatch'],
    ['an access token by another signer', accessToken(stranger, at), 401, 'invalid_token'],
    ['a token of another L1', tokenFor({ l1Server: south }).token, 403, 'token_scope_mismatch'],
    [
      'a token of an L1 that there is not',
      tokenFor({ l1Server: 'https://x.example' }).token,
      403,
      'token_scope_mismatch',
    ],
  ];
}

describe('tokens that do not count', () => {
  it('get the code of the spec each, and nothing else', async () => {
    const table = hostileTokens();
    const answers: unknown[] = [];
    for (const [name, token] of table) answers.push([name, ...said(await verify(token))]);
    expect(answers).toEqual(table.map(([name, , status, code]) => [name, status, code]));
  });

  it('are refused by the first check that fails, in the order of the spec', async () => {
    const disabled = world.auth.addActor('dora', { status: 'disabled' });
    const revoked = tokenFor({ username: 'dora', l1Server: south });
    world.auth.revoked.set(revoked.jti, 'logout');
    world.auth.revoked.set(disabled.actor_id, 'account.disabled');
    const expired = tokenFor({ username: 'dora', l1Server: south, claims: { iat: 1, exp: 2 } });
    const atNorth = tokenFor({ username: 'dora' });
    world.auth.revoked.set(atNorth.jti, 'logout');
    const onlyRevoked = tokenFor();
    world.auth.revoked.set(onlyRevoked.jti, 'logout');
    expect([
      said(await verify(expired.token, 'https://unlisted.example')),
      said(await verify(expired.token)),
      said(await verify(revoked.token)),
      said(await verify(atNorth.token)),
      said(await verify(onlyRevoked.token)),
    ]).toEqual([
      [403, 'l1_not_authorized'],
      [401, 'invalid_token'],
      [403, 'token_scope_mismatch'],
      [403, 'account_disabled'],
      [401, 'token_revoked'],
    ]);
  });

  it('say so to their L1 in a way that is stored nowhere, with the challenge of RFC 6750', async () => {
    const { headers } = await verify('x');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('stop to count from the next request on, however often they were good before', async () => {
    const { token, jti } = tokenFor();
    for (let n = 0; n < 20; n += 1) expect((await verify(token)).status).toBe(200);
    world.auth.revoked.set(jti, 'logout');
    expect(said(await verify(token))).toEqual([401, 'token_revoked']);
    // It stays revoked where it once was seen to be, whatever is forgotten elsewhere.
    world.auth.revoked.delete(jti);
    expect(said(await verify(token))).toEqual([401, 'token_revoked']);
  });

  it('stop to count with their expiry, and with the key that signed them, though they were seen before', async () => {
    const own = await startL1World();
    try {
      own.auth.addActor('giles');
      const ask = async (token: string) => said(await own.post('/auth/verify', { json: { token, l1_server: north } }));
      const short = own.auth.tokenFor({ username: 'giles', l1Server: north });
      const long = own.auth.tokenFor({ username: 'giles', l1Server: north, claims: { exp: 4_000_000_000 } });
      expect([await ask(short.token), await ask(long.token)]).toEqual([
        [200, undefined],
        [200, undefined],
      ]);
      own.clock.offsetMs = 2 * 3_600_000;
      expect([await ask(short.token), await ask(long.token)]).toEqual([
        [401, 'invalid_token'],
        [200, undefined],
      ]);
      own.auth.ring.splice(0, 1, makeRingKey('ring-2'));
      own.clock.offsetMs += 301_000;
      await eventually(async () => expect(await ask(long.token)).toEqual([401, 'invalid_token']));
    } finally {
      await own.close();
    }
  });
});

describe('when it cannot be found out', () => {
  const unavailable = [503, 'revocation_unavailable', '2'];
  const ask = async (token: string): Promise<unknown[]> => {
    const answer = await verify(token);
    return [...said(answer), answer.headers.get('retry-after')];
  };

  it('answers 503 revocation_unavailable, whoever does not answer, and lets nobody in', async () => {
    const known = tokenFor();
    expect((await verify(known.token)).status).toBe(200);
    world.auth.deaf.add('POST /internal/auth/tokens/status');
    expect(await ask(known.token)).toEqual(unavailable);
    world.auth.deaf.clear();
    world.auth.deaf.add('GET /internal/actors/');
    world.auth.addActor('new');
    expect(await ask(tokenFor({ username: 'new' }).token)).toEqual(unavailable);
    expect((await verify(known.token)).status).toBe(200);
  });

  it('does so before it has ever had the keys', async () => {
    world.auth.deaf.add('GET /.well-known/jwks.json');
    const { url } = await world.another({});
    const body = JSON.stringify({ token: tokenFor().token, l1_server: north });
    const headers = { 'content-type': 'application/json' };
    const ask = () => fetch(`${url}/auth/verify`, { method: 'POST', body, headers });
    const answer = await ask();
    expect([answer.status, await answer.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'revocation_unavailable' }),
    ]);
    world.auth.deaf.clear();
    world.clock.offsetMs = 11_000;
    await eventually(async () => expect((await ask()).status).toBe(200));
  });

  it('still refuses what is known to be revoked, and what is no token at all', async () => {
    const { token, jti } = tokenFor();
    world.auth.revoked.set(jti, 'logout');
    await verify(token);
    world.auth.deaf.add('POST /internal/auth/tokens/status');
    expect(said(await verify(token))).toEqual([401, 'token_revoked']);
    expect(said(await verify('x'))).toEqual([401, 'invalid_token']);
  });
});

describe('the L1 that asks', () => {
  it('is still answered while it drains, and no more once it is disabled', async () => {
    const { token } = tokenFor({ l1Server: south });
    await world.operate('/set-status', { url: south, status: 'draining' });
    expect((await verify(token, south)).status).toBe(200);
    await world.operate('/set-status', { url: south, status: 'disabled' });
    expect(said(await verify(token, south))).toEqual([403, 'l1_not_authorized']);
    await world.operate('/set-status', { url: south, status: 'active' });
    expect((await verify(token, south)).status).toBe(200);
  });

  it.each([
    'https://unlisted.example',
    'https://north.example.evil.example',
    'https://north.example/studio',
    'javascript:x',
    '\u0000',
  ])('is refused when it is not listed: %s', async (l1) => {
    expect(said(await verify(tokenFor().token, l1))).toEqual([403, 'l1_not_authorized']);
  });

  it('is counted, by its address and what came of it', async () => {
    await verify(tokenFor().token);
    await verify('x');
    await verify('x', 'https://unlisted.example');
    const { text } = await world.get('/metrics');
    expect(text).toMatch(/l1_verify_total\{l1="https:\/\/north.example",result="ok"\} \d+/);
    expect(text).toMatch(/l1_verify_total\{l1="https:\/\/north.example",result="invalid_token"\} \d+/);
    expect(text).toMatch(/l1_verify_total\{l1="",result="l1_not_authorized"\} \d+/);
    expect(text).not.toContain('unlisted.example');
  });

  it('has a limit of its own per address, which nobody else uses up', async () => {
    const limited = await world.another({ RATE_LIMIT_VERIFY: '3' });
    const ask = (token: string, l1: string) =>
      fetch(`${limited.url}/auth/verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token, l1_server: l1 }),
      });
    const { token } = tokenFor();
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await ask(token, n % 2 ? `${north}/` : north)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const refused = await ask(token, north);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await refused.json()).toMatchObject({ code: 'rate_limited' });
    expect((await ask(tokenFor({ l1Server: south }).token, south)).status).toBe(200);
    // Names that are not listed share one bucket: making them up gains nothing.
    const made = await Promise.all([1, 2, 3, 4].map((n) => ask('x', `https://made-up-${n}.example`)));
    expect(made.map(({ status }) => status).toSorted()).toEqual([403, 403, 403, 429]);
  });
});

describe('the first good verify', () => {
  const rowOf = async (jti: string) =>
    (await world.sql('SELECT status, verified_at, attached_at FROM user_renderers WHERE jti = $1', [jti]))[0];
  async function attached(): Promise<{ token: string; jti: string }> {
    const assertion = world.kit.actor({ ...giles, scopes: ['l1:attach'] });
    const { body } = await world.post('/renderers/attach', {
      json: { l1_server: north },
      headers: { 'x-actor-assertion': assertion },
    });
    const { jti = '' } = world.auth.minted.find(({ token }) => token === body.token) ?? {};
    return { token: body.token, jti };
  }

  it('marks the attachment after its answer, and no later one does', async () => {
    const { token, jti } = await attached();
    expect(await rowOf(jti)).toMatchObject({ status: 'pending', verified_at: null });
    expect((await verify(token)).status).toBe(200);
    const first = await eventually(async () => {
      const row = await rowOf(jti);
      expect(row).toMatchObject({ status: 'attached', verified_at: expect.any(Date) });
      return row;
    });
    world.clock.offsetMs = 60_000;
    expect((await verify(token)).status).toBe(200);
    const events = () =>
      world.sql(`SELECT id FROM outbox WHERE type = 'renderer-attached' AND payload LIKE $1`, [`%${north}%`]);
    const before = (await events()).length;
    await verify(token);
    expect(await rowOf(jti)).toEqual(first);
    expect((await events()).length).toBe(before);
  });

  it('is answered though the attachment cannot be written yet', async () => {
    const { token, jti } = await attached();
    const holder = await world.database.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE user_renderers IN ACCESS EXCLUSIVE MODE');
      expect((await verify(token)).status).toBe(200);
      await holder.query('ROLLBACK');
    } finally {
      holder.release();
    }
    await eventually(async () => expect(await rowOf(jti)).toMatchObject({ status: 'attached' }));
  });

  it('marks nothing for a token that does not count', async () => {
    const { token, jti } = await attached();
    world.auth.revoked.set(jti, 'logout');
    expect((await verify(token)).status).toBe(401);
    expect((await verify(token, south)).status).toBe(403);
    expect(await rowOf(jti)).toMatchObject({ status: 'pending' });
  });
});
