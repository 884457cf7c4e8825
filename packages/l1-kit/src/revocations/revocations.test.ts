import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startL1, type TestL1 } from '../l1.testing.ts';

let l1: TestL1;
beforeEach(async () => {
  l1 = await startL1();
});
afterEach(() => l1.close());

type Entered = Awaited<ReturnType<TestL1['enter']>>;
const revocation = ({ jti, tokenHash }: Entered, username = 'giles') => ({
  token_hash: tokenHash,
  jti,
  username,
  l2_server: l1.l2.url,
  reason: 'logout',
  ts: new Date().toISOString(),
});
async function verdict(response: Response): Promise<[number, unknown]> {
  return [response.status, ((await response.json()) as { code?: string }).code];
}

describe('POST /auth/revoke', () => {
  it('ends the session of that token and no other, and says so once', async () => {
    const [giles, again, anna] = [await l1.enter('giles'), await l1.enter('giles'), await l1.enter('anna')];
    for (let call = 0; call < 3; call += 1) {
      const response = await l1.l2.call('/auth/revoke', revocation(giles));
      expect([response.status, await response.json()]).toEqual([200, { revoked: true }]);
    }
    expect((await l1.me(giles.cookie)).status).toBe(401);
    expect((await l1.me(again.cookie)).status).toBe(200);
    expect((await l1.me(anna.cookie)).status).toBe(200);
    expect(l1.revoked).toMatchObject([{ username: 'giles', jti: giles.jti, reason: 'logout', l2Server: l1.l2.url }]);
  });

  it('lets nobody in with that token, though L2 should say it is good', async () => {
    const giles = await l1.enter('giles');
    await l1.l2.call('/auth/revoke', revocation(giles));
    expect(await verdict(await l1.attach(giles.token, { accept: 'application/json' }))).toEqual([401, 'token_revoked']);
  });

  it.each(['token_hash', 'jti'])('knows a token by its %s alone', async (name) => {
    const giles = await l1.enter('giles');
    const { [name as 'jti']: id, username, l2_server } = revocation(giles);
    expect((await l1.l2.call('/auth/revoke', { [name]: id, username, l2_server })).status).toBe(200);
    expect((await l1.me(giles.cookie)).status).toBe(401);
  });

  it('takes a token that it has never seen', async () => {
    const unknown = l1.l2.mint('giles', l1.url);
    expect((await l1.l2.call('/auth/revoke', revocation({ ...unknown, cookie: '' }))).status).toBe(200);
    expect((await l1.attach(unknown.token)).status).toBe(401);
  });

  it('refuses what L2 did not sign so, and ends nothing', async () => {
    const [giles, anna] = [await l1.enter('giles'), await l1.enter('anna')];
    const body = revocation(giles);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1000);
    const call = (o: Parameters<typeof l1.l2.call>[2]) => l1.l2.call('/auth/revoke', body, o).then(verdict);
    const others = JSON.stringify(revocation(anna, 'anna'));
    expect(await call({ unsigned: true })).toEqual([401, 'signature_missing']);
    expect(await call({ key: privateKey })).toEqual([401, 'signature_invalid']);
    expect(await call({ sent: others })).toEqual([401, 'digest_mismatch']);
    expect(await call({ date: ago(301) })).toEqual([401, 'date_skew']);
    expect(await call({ date: ago(-310) })).toEqual([401, 'date_skew']);
    expect(await call({ keyId: 'https://evil.example/actor#main-key' })).toEqual([401, 'key_unavailable']);
    expect(await call({ keyId: `${l1.l2.url}/users/eve#main-key` })).toEqual([401, 'key_unavailable']);
    expect(await call({ keyId: `${l1.l2.url}.evil.example/actor#main-key` })).toEqual([401, 'key_unavailable']);
    const foreign = await l1.l2.call('/auth/revoke', { ...body, l2_server: 'https://other.example' });
    expect(await verdict(foreign)).toEqual([401, 'signer_not_allowed']);
    expect([(await l1.me(giles.cookie)).status, (await l1.me(anna.cookie)).status]).toEqual([200, 200]);
    expect(l1.revoked).toEqual([]);
  });

  it('refuses what was signed for another path or another host', async () => {
    const giles = await l1.enter('giles');
    const other = await startL1({ l2Servers: [l1.l2.url] });
    const headersOf = async (call: Promise<Response>): Promise<void> => void (await (await call).text());
    await headersOf(other.l2.call('/auth/revoke', { l2_server: other.l2.url, username: 'x', jti: 'y' }));
    // What this L2 signed for `/auth/revoke` is sent to `/auth/revoke-user`, by a caller that copies headers and body.
    const seen = await signedHeaders(l1, giles);
    const moved = await fetch(`${l1.url}/auth/revoke-user`, { method: 'POST', headers: seen.headers, body: seen.body });
    expect(await verdict(moved)).toEqual([401, 'signature_invalid']);
    expect((await l1.me(giles.cookie)).status).toBe(200);
    await other.close();
  });

  it.each([
    ['no username', { username: undefined }],
    ['no id of a token', { jti: undefined, token_hash: undefined }],
    ['a hash that is none', { token_hash: 'ABC' }],
    ['a number', { jti: 5 }],
    ['control characters', { username: 'a\nb' }],
  ])('answers 422 to %s', async (_, change) => {
    const giles = await l1.enter('giles');
    const response = await l1.l2.call('/auth/revoke', { ...revocation(giles), ...change });
    expect(await verdict(response)).toEqual([422, 'invalid_body']);
    expect((await l1.me(giles.cookie)).status).toBe(200);
  });

  it('answers 413 to a body over 16 KiB', async () => {
    const response = await l1.l2.call('/auth/revoke', { l2_server: l1.l2.url, junk: 'x'.repeat(20_000) });
    expect(await verdict(response)).toEqual([413, 'body_too_large']);
  });

  it('stays in force for 30 days', async () => {
    const giles = await l1.enter('giles');
    await l1.l2.call('/auth/revoke', revocation(giles));
    l1.clock.now = new Date(Date.now() + 29 * 24 * 3600_000);
    expect((await l1.attach(giles.token)).status).toBe(401);
  });
});

describe('POST /auth/revoke-user', () => {
  it('ends all that the user got before, and nothing that they get after', async () => {
    const [one, two, anna] = [await l1.enter('giles'), await l1.enter('giles'), await l1.enter('anna')];
    const body = { username: 'giles', l2_server: l1.l2.url };
    expect((await l1.l2.call('/auth/revoke-user', body)).status).toBe(200);
    expect([await l1.me(one.cookie), await l1.me(two.cookie), await l1.me(anna.cookie)]).toMatchObject([
      { status: 401 },
      { status: 401 },
      { status: 200 },
    ]);
    expect((await l1.attach(one.token)).status).toBe(401);
    const later = l1.l2.mint('giles', l1.url, { issuedAt: new Date(Date.now() + 1000) });
    expect((await l1.attach(later.token)).status).toBe(303);
    await l1.l2.call('/auth/revoke-user', body);
    expect((await l1.attach(later.token)).status).toBe(303);
    expect(l1.revoked[0]).toMatchObject({ username: 'giles', jti: undefined, tokenHash: undefined });
  });

  it('is refused for another user than the signed one', async () => {
    const anna = await l1.enter('anna');
    const response = await l1.l2.call(
      '/auth/revoke-user',
      { username: 'giles', l2_server: l1.l2.url },
      { sent: JSON.stringify({ username: 'anna', l2_server: l1.l2.url }) },
    );
    expect(await verdict(response)).toEqual([401, 'digest_mismatch']);
    expect((await l1.me(anna.cookie)).status).toBe(200);
  });
});

describe('the keys of L2', () => {
  const actorFetches = (): number => l1.l2.asked.filter(({ request }) => request === 'GET /actor').length;

  it('are fetched once for many calls, and again when L2 has a new one', async () => {
    const giles = await l1.enter('giles');
    for (let call = 0; call < 5; call += 1) await l1.l2.call('/auth/revoke', revocation(giles));
    expect(actorFetches()).toBe(1);
    l1.l2.rotate();
    expect(await verdict(await l1.l2.call('/auth/revoke', revocation(giles)))).toEqual([401, 'key_unavailable']);
    l1.clock.now = new Date(Date.now() + 61_000);
    expect((await l1.l2.call('/auth/revoke', revocation(giles))).status).toBe(200);
    expect(actorFetches()).toBe(2);
  });

  it('are not asked for more than once a minute by strangers who invent key ids', async () => {
    for (let call = 0; call < 10; call += 1) {
      const keyId = `${l1.l2.url}/actor#invented-${call}`;
      const response = await l1.l2.call('/auth/revoke', { l2_server: l1.l2.url }, { keyId });
      expect(await verdict(response)).toEqual([401, 'key_unavailable']);
    }
    expect(actorFetches()).toBe(1);
  });
});

it('goes on when the hook throws', async () => {
  const failing = await startL1({
    onRevoked: () => {
      throw new Error('the renderer is gone');
    },
  });
  const { jti, cookie } = await failing.enter('giles');
  const body = { jti, username: 'giles', l2_server: failing.l2.url };
  expect((await failing.l2.call('/auth/revoke', body)).status).toBe(200);
  expect([(await failing.me(cookie)).status, String(failing.errors[0])]).toEqual([401, 'Error: the renderer is gone']);
  await failing.close();
});

/** A good call of L2, caught on its way. */
async function signedHeaders(
  l1: TestL1,
  { jti, tokenHash }: Entered,
): Promise<{ headers: Record<string, string>; body: string }> {
  const sent: { headers: Record<string, string>; body: string }[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = async (_url, init) => {
    sent.push({ headers: init?.headers as Record<string, string>, body: init?.body as string });
    return new Response('{}');
  };
  try {
    await l1.l2.call('/auth/revoke', { jti, token_hash: tokenHash, username: 'giles', l2_server: l1.l2.url });
  } finally {
    globalThis.fetch = real;
  }
  const [caught] = sent;
  if (caught === undefined) throw new Error('nothing was sent');
  return caught;
}
