import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { request } from 'node:http';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { north, startL1World, type L1World } from '../l1-world.testing.ts';

/** An L1 that signs by Ed25519, and by hand: of our own library only the verifying half is looked at here. */
const ours = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

let world: L1World;
beforeAll(async () => {
  world = await startL1World({ L1_REQUIRE_SIGNED_VERIFY: 'true' });
  world.auth.addActor('giles');
  await setKey(ours.publicKey);
});
afterAll(() => world.close());

const setKey = (key: KeyObject) =>
  world.operate('/set-key', { url: north, public_key_pem: key.export({ type: 'spki', format: 'pem' }) });

interface How {
  key?: KeyObject;
  keyId?: string;
  /** What the signature says that it was made by; null for nothing. */
  algorithm?: string | null;
  signedPath?: string;
  date?: Date;
  /** In place of what was signed. */
  sent?: string;
  /** Headers of another signature beside ours. */
  beside?: Record<string, string>;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');
const signed = (text: string, key: KeyObject): string =>
  sign(key.asymmetricKeyType === 'rsa' ? 'sha256' : null, Buffer.from(text), key).toString('base64');

/** draft-cavage-http-signatures-12 §2.3. */
function byDraft(body: string, how: How): Record<string, string> {
  const { key = ours.privateKey, keyId = `${north}#main-key`, algorithm = 'hs2019', signedPath = '/auth/verify' } = how;
  const date = (how.date ?? new Date()).toUTCString();
  const digest = `SHA-256=${sha256(body)}`;
  const lines = [`(request-target): post ${signedPath}`, 'host: l2.example', `date: ${date}`, `digest: ${digest}`];
  const named = algorithm === null ? '' : `algorithm="${algorithm}",`;
  const names = 'headers="(request-target) host date digest"';
  const signature = `keyId="${keyId}",${named}${names},signature="${signed(lines.join('\n'), key)}"`;
  return { date, digest, signature };
}

/** RFC 9421 §2.5. */
function byRfc(body: string, how: How): Record<string, string> {
  const {
    key = ours.privateKey,
    keyId = `${north}#main-key`,
    algorithm = 'ed25519',
    signedPath = '/auth/verify',
  } = how;
  const created = Math.floor((how.date ?? new Date()).getTime() / 1000);
  const digest = `sha-256=:${sha256(body)}:`;
  const named = algorithm === null ? '' : `;alg="${algorithm}"`;
  const parameters = `("@method" "@target-uri" "content-digest");created=${created};keyid="${keyId}"${named}`;
  const base = [
    ...['"@method": POST', `"@target-uri": https://l2.example${signedPath}`],
    ...[`"content-digest": ${digest}`, `"@signature-params": ${parameters}`],
  ];
  const signature = `sig1=:${signed(base.join('\n'), key)}:`;
  return { 'content-digest': digest, 'signature-input': `sig1=${parameters}`, signature };
}

async function verify(by: typeof byDraft, how: How = {}): Promise<unknown[]> {
  const { token } = world.auth.tokenFor({ username: 'giles', l1Server: north });
  const body = JSON.stringify({ token, l1_server: north });
  const headers = { host: 'l2.example', 'content-type': 'application/json', ...by(body, how), ...how.beside };
  return await new Promise((resolve, reject) => {
    const sent = request(`${world.bridge.url}/auth/verify`, { method: 'POST', headers }, (res) => {
      readAll(res).then((text) => {
        const { valid, username, code } = JSON.parse(text) as Record<string, unknown>;
        resolve(valid === true ? [res.statusCode, username] : [res.statusCode, code]);
      }, reject);
    });
    sent.on('error', reject).end(how.sent ?? body);
  });
}

describe.each([
  ['draft-cavage', byDraft, 'rsa-sha256'],
  ['RFC 9421', byRfc, 'rsa-v1_5-sha256'],
] as const)('an L1 with an Ed25519 key, by %s', (_, by, rsaName) => {
  it('is believed, whether or not it names the algorithm', async () => {
    expect(await verify(by)).toEqual([200, 'giles']);
    expect(await verify(by, { algorithm: null })).toEqual([200, 'giles']);
  });

  it.each<[string, How, string]>([
    ['another Ed25519 key', { key: theirs.privateKey }, 'signature_invalid'],
    ['an RSA key', { key: rsa.privateKey }, 'signature_invalid'],
    ['an RSA key, and its algorithm', { key: rsa.privateKey, algorithm: rsaName }, 'signature_invalid'],
    ['its own key under the name of RSA', { algorithm: rsaName }, 'signature_invalid'],
    ['its own key under a name of nothing', { algorithm: 'none' }, 'signature_invalid'],
    ['its own key, for another path', { signedPath: '/auth/revoke' }, 'signature_invalid'],
    ['its own key, long ago', { date: new Date(Date.now() - 3_600_000) }, 'date_skew'],
    ['its own key, for another body', { sent: '{"token":"x","l1_server":"https://north.example"}' }, 'digest_mismatch'],
    ['its own key in the name of another', { keyId: 'https://south.example#main-key' }, 'key_owner_mismatch'],
  ])('is refused when it signs by %s', async (__, how, code) => {
    expect(await verify(by, how)).toEqual([401, code]);
  });

  it('is told apart from an L1 with an RSA key: the key decides, not the signature', async () => {
    await setKey(rsa.publicKey);
    expect(await verify(by)).toEqual([401, 'signature_invalid']);
    expect(await verify(by, { key: rsa.privateKey, algorithm: rsaName })).toEqual([200, 'giles']);
    await setKey(ours.publicKey);
    expect(await verify(by)).toEqual([200, 'giles']);
  });
});

it('refuses a good signature by one scheme that comes beside a bad one by the other', async () => {
  const { token } = world.auth.tokenFor({ username: 'giles', l1Server: north });
  const { signature: _signature, ...beside } = byRfc(JSON.stringify({ token, l1_server: 'https://north.example/' }), {
    key: theirs.privateKey,
  });
  expect((await verify(byDraft, { beside }))[0]).toBe(401);
});
