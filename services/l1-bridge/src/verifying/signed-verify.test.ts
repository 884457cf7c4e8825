import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signRequest, type SignatureScheme } from '@artdag/http-signatures';
import { north, south, startL1World, type Answer, type L1World } from '../l1-world.testing.ts';

const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const ours = newKey();
const theirs = newKey();
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

let world: L1World;
beforeAll(async () => {
  world = await startL1World({ L1_REQUIRE_SIGNED_VERIFY: 'true', PUBLIC_HOSTS: 'l2.example,api.l2.example' });
  world.auth.addActor('giles');
  await world.operate('/set-key', { url: north, public_key_pem: pemOf(ours.publicKey) });
});
afterAll(() => world.close());

interface How {
  path?: string;
  /** The path that is signed, if another. */
  signedPath?: string;
  key?: KeyObject;
  keyId?: string;
  scheme?: SignatureScheme;
  host?: string;
  date?: Date;
  l1?: string;
  token?: string;
  /** What is sent in place of what was signed. */
  sent?: string;
  /** Of the request as sent. */
  without?: string;
}

async function ask(how: How = {}): Promise<Answer> {
  const { path = '/auth/verify', key = ours.privateKey, keyId = `${north}#main-key`, l1 = north } = how;
  const token = how.token ?? world.auth.tokenFor({ username: 'giles', l1Server: north }).token;
  const body = JSON.stringify({ token, l1_server: l1 });
  const headers = await signRequest({
    ...{ scheme: how.scheme ?? 'draft-cavage', method: 'POST', body: Buffer.from(body), keyId },
    url: `https://${how.host ?? 'l2.example'}${how.signedPath ?? path}`,
    headers: { 'content-type': 'application/json' },
    date: how.date ?? new Date(),
    sign: (bytes) => Promise.resolve(sign('sha256', bytes, key)),
  });
  const { [how.without ?? '']: _left, ...rest } = headers;
  return await raw(path, rest, how.sent ?? body);
}

/** Without a library that would set Host by itself. */
async function raw(path: string, headers: Record<string, string>, body: string): Promise<Answer> {
  const { request } = await import('node:http');
  return await new Promise((resolve, reject) => {
    const sent = request(world.bridge.url + path, { method: 'POST', headers }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const fields = Object.entries(res.headers).map(([name, value]): [string, string] => [name, String(value)]);
        resolve({ status: res.statusCode ?? 0, headers: new Headers(fields), text, body: JSON.parse(text) });
      });
    });
    sent.on('error', reject).end(body);
  });
}

const said = ({ status, body }: Answer): unknown[] => [status, body.code];

describe.each<SignatureScheme>(['draft-cavage', 'rfc9421'])('with L1_REQUIRE_SIGNED_VERIFY, by %s', (scheme) => {
  it('verifies what the L1 has signed, at each host of ours', async () => {
    expect((await ask({ scheme })).body).toMatchObject({ valid: true, username: 'giles' });
    expect((await ask({ scheme, host: 'api.l2.example' })).status).toBe(200);
    expect((await ask({ scheme, keyId: `${north}/actor#key-2` })).status).toBe(200);
  });

  it.each<[string, How, string]>([
    ['a keyId of another L1', { keyId: `${south}#main-key` }, 'key_owner_mismatch'],
    ['a keyId that only begins alike', { keyId: `${north}.evil.example#main-key` }, 'key_owner_mismatch'],
    ['another key', { key: theirs.privateKey }, 'signature_invalid'],
    ['another body than was signed', { sent: '{"token":"x","l1_server":"https://north.example"}' }, 'digest_mismatch'],
    ['an old signature', { date: new Date(Date.now() - 3 * 3_600_000) }, 'date_skew'],
    ['one that was made for another server', { host: 'evil.example' }, 'signature_invalid'],
    ['one that was made for another path', { signedPath: '/auth/revoke' }, 'signature_invalid'],
    ['an L1 without a registered key', { l1: south, keyId: `${south}#main-key` }, 'key_unavailable'],
  ])('refuses %s', async (_, how, code) => {
    const answer = await ask({ ...how, scheme });
    expect(said(answer)).toEqual([401, code]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('accept-signature')).toContain('content-digest');
  });

  it('refuses a request whose body is not covered', async () => {
    const without = scheme === 'rfc9421' ? 'content-digest' : 'digest';
    expect((await ask({ scheme, without })).status).toBe(401);
  });
});

it('refuses what is not signed at all, on /auth/verify and /auth/revoke', async () => {
  const json = { token: world.auth.tokenFor({ username: 'giles', l1Server: north }).token, l1_server: north };
  for (const path of ['/auth/verify', '/auth/revoke']) {
    expect(said(await world.post(path, { json }))).toEqual([401, 'signature_missing']);
  }
  expect((await ask({ path: '/auth/revoke' })).status).toBe(200);
});

it('says that an L1 is not listed before it looks at any signature', async () => {
  expect(said(await ask({ l1: 'https://unlisted.example' }))).toEqual([403, 'l1_not_authorized']);
});

it('takes no key any more that is replaced or taken away', async () => {
  await world.operate('/set-key', { url: north, public_key_pem: pemOf(theirs.publicKey) });
  expect(said(await ask())).toEqual([401, 'signature_invalid']);
  await world.operate('/set-key', { url: north, public_key_pem: null });
  expect(said(await ask())).toEqual([401, 'key_unavailable']);
  await world.operate('/set-key', { url: north, public_key_pem: pemOf(ours.publicKey) });
  expect((await ask()).status).toBe(200);
});

it('registers no private key, and no weak one', async () => {
  const pkcs8 = theirs.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  for (const pem of [
    pkcs8,
    pemOf(weak),
    'x',
    createPrivateKey(pkcs8).export({ type: 'pkcs1', format: 'pem' }).toString(),
  ]) {
    expect(said(await world.operate('/set-key', { url: north, public_key_pem: pem }))).toEqual([
      422,
      'invalid_public_key',
    ]);
  }
});
