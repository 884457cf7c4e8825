import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  challengeFor,
  closeConnections,
  newHandle,
  type Place,
  proofOf,
  send,
  signUp,
  verdict,
} from './lib/msign/client.ts';
import { answerTo, newKey, sha256 } from './lib/msign/key.ts';
import { type SignedSuite, startSignedSuite } from './lib/msign/signed-suite.ts';

let suite: SignedSuite;
beforeAll(async () => {
  suite = await startSignedSuite();
});
afterAll(async () => {
  await closeConnections();
  await suite?.remove();
});

const post = (place: Place, path: string, body: object) =>
  send(place.origin, { path, headers: { host: place.host, ...place.headers }, body });
const verify = (place: Place, body: object) => post(place, '/api/auth/verify', body);

describe('POST /api/auth/challenge', () => {
  it('gives 32 bytes for five minutes, each time others, and says whether the key is known', async () => {
    const place = suite.elsewhere();
    const key = newKey();
    const ask = () => post(place, '/api/auth/challenge', { fingerprint: key.fingerprint, algorithm: 'ed25519' });
    const [first, second] = [await ask(), await ask()];
    expect(first).toMatchObject({ status: 200, body: { is_new_key: true, expires_in: 300, algorithm: 'ed25519' } });
    expect(first.body['challenge_token']).toMatch(/^[0-9a-f]{64}$/);
    expect(second.body['challenge_token']).not.toBe(first.body['challenge_token']);
    await signUp(place, newHandle(), key);
    expect((await ask()).body).toMatchObject({ is_new_key: false });
    const bare = { fingerprint: key.fingerprint.replace('sha256:', ''), algorithm: 'ed25519' };
    expect((await post(place, '/api/auth/challenge', bare)).body).toMatchObject({ is_new_key: false });
  });

  it.each([
    ['no body', {}],
    ['a short fingerprint', { fingerprint: 'sha256:abcd' }],
    ['one in upper case', { fingerprint: `sha256:${'AB'.repeat(32)}` }],
    ['one of another hash', { fingerprint: `sha512:${'ab'.repeat(32)}` }],
    ['SQL', { fingerprint: "sha256:' OR 1=1;--" }],
    ['a NUL', { fingerprint: `sha256:${'ab'.repeat(31)}a\u0000` }],
    ['a number', { fingerprint: 7 }],
    ['a list', { fingerprint: [`sha256:${'ab'.repeat(32)}`] }],
  ])('refuses %s', async (_what, body) => {
    const answer = await post(suite.elsewhere(), '/api/auth/challenge', { algorithm: 'ed25519', ...body });
    expect(answer.status).toBe(422);
  });

  it.each(['ml-dsa-65', 'es256', 'rsa', 'ED25519', ''])('refuses the algorithm "%s"', async (algorithm) => {
    const answer = await post(suite.elsewhere(), '/api/auth/challenge', {
      fingerprint: newKey().fingerprint,
      algorithm,
    });
    expect(answer.status).toBe(422);
  });

  it('keeps ten for a key at a time', async () => {
    const place = suite.elsewhere();
    const { fingerprint } = newKey();
    const ask = () => post(place, '/api/auth/challenge', { fingerprint, algorithm: 'ed25519' });
    const verdicts = await Promise.all(Array.from({ length: 14 }, async () => verdict(await ask())));
    expect(verdicts.filter((each) => each === '200')).toHaveLength(10);
    expect(new Set(verdicts)).toEqual(new Set(['200', '429 too_many_challenges']));
    // Nobody uses up another one's.
    expect((await post(suite.elsewhere(), '/api/auth/challenge', { fingerprint, algorithm: 'ed25519' })).status).toBe(
      200,
    );
  });
});

describe('a challenge', () => {
  it('is used up by success and by failure', async () => {
    const place = suite.elsewhere();
    const key = newKey();
    const proof = { ...(await proofOf(place, key)), handle: newHandle() };
    expect((await verify(place, proof)).status).toBe(200);
    expect(verdict(await verify(place, proof))).toBe('400 challenge_invalid');
    const next = await proofOf(place, key);
    const wrong = { ...next, signature_b64: answerTo(newKey(), next.challenge_token) };
    expect(verdict(await verify(place, wrong))).toBe('401 bad_signature');
    expect(verdict(await verify(place, next))).toBe('400 challenge_invalid');
  });

  it('lets one of twenty at the same moment in', async () => {
    const place = suite.elsewhere();
    const proof = { ...(await proofOf(place, newKey())), handle: newHandle() };
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, async () => verdict(await verify(suite.elsewhere(), proof))),
    );
    expect(verdicts.filter((each) => each === '200')).toHaveLength(1);
    expect(new Set(verdicts)).toEqual(new Set(['200', '400 challenge_invalid']));
  });

  it('ends after five minutes', async () => {
    const place = suite.elsewhere();
    const [early, late] = [await proofOf(place, newKey()), await proofOf(place, newKey())];
    suite.forward(240_000);
    expect((await verify(place, { ...early, handle: newHandle() })).status).toBe(200);
    suite.forward(61_000);
    expect(verdict(await verify(place, { ...late, handle: newHandle() }))).toBe('400 challenge_invalid');
  });

  it('is of one key: another one cannot answer it, nor can two be crossed', async () => {
    const place = suite.elsewhere();
    const [one, two] = [newKey(), newKey()];
    const challenges = [await challengeFor(place, one.fingerprint), await challengeFor(place, two.fingerprint)];
    const [ofOne = '', ofTwo = ''] = challenges;
    const crossed = { challenge_token: ofOne, public_key_b64: two.publicKey, signature_b64: answerTo(two, ofOne) };
    expect(verdict(await verify(place, { ...crossed, handle: newHandle() }))).toBe('401 fingerprint_mismatch');
    const other = { challenge_token: ofTwo, public_key_b64: two.publicKey, signature_b64: answerTo(two, ofOne) };
    expect(verdict(await verify(place, { ...other, handle: newHandle() }))).toBe('401 bad_signature');
  });

  it.each([
    ['unknown', 'ab'.repeat(32)],
    ['too short', 'ab'],
    ['no hex', 'zz'.repeat(32)],
    ['SQL', "' OR 1=1;--"],
    ['a NUL', '\u0000'.repeat(64)],
    ['long', 'ab'.repeat(5000)],
  ])('that is %s is answered as one that was used', async (_what, challenge) => {
    const key = newKey();
    const proof = {
      challenge_token: challenge,
      public_key_b64: key.publicKey,
      signature_b64: randomBytes(64).toString('base64'),
    };
    const answer = await verify(suite.elsewhere(), { ...proof, handle: newHandle() });
    expect(['400 challenge_invalid', '422 validation_error']).toContain(verdict(answer));
  });
});

describe('POST /api/auth/verify', () => {
  /** A challenge for these bytes as a public key, and an answer to it. */
  async function proofOfBytes(place: Place, bytes: Buffer) {
    const challenge = await challengeFor(place, `sha256:${sha256(bytes)}`);
    return {
      challenge_token: challenge,
      public_key_b64: bytes.toString('base64'),
      signature_b64: answerTo(newKey(), challenge),
      handle: newHandle(),
    };
  }

  it.each([0, 1, 31, 33, 57, 1952])('refuses a key of %d bytes', async (size) => {
    const place = suite.elsewhere();
    const answer = await verify(place, await proofOfBytes(place, randomBytes(size)));
    expect(['400 bad_key_size', '422 validation_error']).toContain(verdict(answer));
    if (size > 0 && size < 100) expect(verdict(answer)).toBe('400 bad_key_size');
  });

  it.each([
    ['zero', '00'.repeat(32)],
    ['the neutral point', `01${'00'.repeat(31)}`],
    ['the neutral point with its sign set', `01${'00'.repeat(30)}80`],
    ['a point of order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['p + 1', `ee${'ff'.repeat(30)}7f`],
  ])('refuses a key that signs for everybody: %s', async (_what, hex) => {
    const place = suite.elsewhere();
    const proof = await proofOfBytes(place, Buffer.from(hex, 'hex'));
    // R = the neutral point, S = 0: good for every text under such a key, by the equation without its precautions.
    const forged = Buffer.concat([Buffer.from('01', 'hex'), Buffer.alloc(63)]).toString('base64');
    expect(verdict(await verify(place, { ...proof, signature_b64: forged }))).toBe('400 weak_key');
  });

  it('refuses a key that is no point of the curve', async () => {
    const place = suite.elsewhere();
    const proof = await proofOfBytes(place, Buffer.from(`02${'00'.repeat(31)}`, 'hex'));
    const answer = await verify(place, proof);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it.each([
    ['no base64 as key', { public_key_b64: '*'.repeat(44) }, '400 bad_encoding'],
    ['no base64 as signature', { signature_b64: '*'.repeat(88) }, '400 bad_encoding'],
    ['two alphabets at once', { signature_b64: `+_${'A'.repeat(84)}` }, '400 bad_encoding'],
    ['a signature of 63 bytes', { signature_b64: randomBytes(63).toString('base64') }, '400 bad_key_size'],
    ['no signature', { signature_b64: undefined }, '422 validation_error'],
    ['an org', { identity_type: 'org' }, '422 org_needs_founder'],
    ['no handle', { handle: undefined }, '422 handle_required'],
  ])('refuses %s', async (_what, change, wanted) => {
    const place = suite.elsewhere();
    const proof = { ...(await proofOf(place, newKey())), handle: newHandle() };
    expect(verdict(await verify(place, { ...proof, ...change }))).toBe(wanted);
  });

  it('takes base64 in both alphabets, padded or not', async () => {
    const place = suite.elsewhere();
    const key = newKey();
    const bare = (text: string): string => text.replaceAll('=', '');
    const url = (text: string): string => Buffer.from(text, 'base64').toString('base64url');
    await signUp(place, newHandle(), key);
    for (const spell of [bare, url]) {
      const proof = await proofOf(place, key);
      const { public_key_b64: publicKey, signature_b64: signature } = proof;
      const spelt = { ...proof, public_key_b64: spell(publicKey), signature_b64: spell(signature) };
      expect((await verify(place, spelt)).status).toBe(200);
    }
  });

  it.each([
    ["a'; DROP TABLE identities;--", 'handle_invalid'],
    ['../../etc/passwd', 'handle_invalid'],
    ['a/b', 'handle_invalid'],
    ['a%2fb', 'handle_invalid'],
    ['a\u0000b', 'handle_invalid'],
    ['a b', 'handle_invalid'],
    ['аlice', 'handle_invalid'],
    ['-alice', 'handle_invalid'],
    ['', 'handle_'],
    ['a'.repeat(65), 'handle_invalid'],
    ['a'.repeat(100_000), ''],
    ['admin', 'handle_reserved'],
    ['Agent', 'handle_reserved'],
    ['__proto__', 'handle_invalid'],
  ])('refuses the handle %j', async (handle, code) => {
    const place = suite.elsewhere();
    const answer = await verify(place, { ...(await proofOf(place, newKey())), handle });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    if (code !== '') expect(verdict(answer)).toMatch(new RegExp(`^422 ${code}`));
  });

  it('makes an identity once, lower-cased, and takes no other handle for it later', async () => {
    const place = suite.elsewhere();
    const key = newKey();
    const handle = newHandle('Mixed');
    const made = await verify(place, { ...(await proofOf(place, key)), handle });
    expect(made).toMatchObject({ status: 200, body: { handle: handle.toLowerCase(), is_new_identity: true } });
    expect(made.headers['set-cookie']).toBeUndefined();
    for (const word of ['token', 'session_token', 'access_token']) expect(made.body).not.toHaveProperty(word);
    const again = await verify(place, { ...(await proofOf(place, key)), handle: newHandle() });
    expect(again).toMatchObject({ status: 200, body: { handle: handle.toLowerCase(), is_new_identity: false } });
    expect(again.body['identity_id']).toBe(made.body['identity_id']);
    const other = await verify(place, { ...(await proofOf(place, newKey())), handle: handle.toUpperCase() });
    expect(verdict(other)).toBe('409 handle_taken');
  });

  it('gives one of ten keys at the same moment the handle that all of them want', async () => {
    const handle = newHandle();
    const proofs = await Promise.all(
      Array.from({ length: 10 }, async () => ({ ...(await proofOf(suite.elsewhere(), newKey())), handle })),
    );
    const verdicts = await Promise.all(proofs.map(async (proof) => verdict(await verify(suite.elsewhere(), proof))));
    expect(verdicts.toSorted()).toEqual(['200', ...Array<string>(9).fill('409 handle_taken')]);
  });

  it('keeps an address out for half a minute after five failures, and no other', async () => {
    const place = suite.elsewhere();
    const fail = async () => {
      const proof = await proofOf(place, newKey());
      return verify(place, { ...proof, signature_b64: answerTo(newKey(), proof.challenge_token), handle: newHandle() });
    };
    for (let tries = 0; tries < 5; tries += 1) expect(verdict(await fail())).toBe('401 bad_signature');
    const begun = performance.now();
    const held = await fail();
    expect(verdict(held)).toBe('429 too_many_failures');
    const elapsed = (performance.now() - begun) / 1000;
    expect(Number(held.headers['retry-after'])).toBeGreaterThanOrEqual(28 - elapsed);
    expect(Number(held.headers['retry-after'])).toBeLessThanOrEqual(30);
    await signUp(suite.elsewhere());
    suite.forward(31_000);
    await signUp(place);
  });
});
