import { createPrivateKey, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  bodyDigest,
  decodeBase64,
  emptyBodyDigest,
  fingerprintOf,
  formatCredentials,
  isWeakKey,
  legacyText,
  MSignMalformed,
  normaliseFingerprint,
  normaliseHost,
  parseCredentials,
  publicKeyFromBytes,
  rawPublicKey,
  signedText,
  signRequest,
  verifySignature,
} from './index.ts';

/** RFC 8032 test key 1, and the vectors A.1 and A.2 made with it. */
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const privateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
  format: 'der',
  type: 'pkcs8',
});
const raw = Buffer.from('11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=', 'base64');
const publicKey = publicKeyFromBytes(raw);
const body = '{"name":"my-video"}';
const ts = 1743800000;
const post = { method: 'POST', host: 'l2.example.com', target: '/assets?dry_run=1', ts, bodySha256: bodyDigest(body) };
const get = { method: 'GET', host: 'l2.example.com', target: '/auth/me', ts, bodySha256: emptyBodyDigest };
const vectors = [
  ['POST', signedText(post), 'kNLv3YDtWeo1h3fwd8GuapJW73FRp-hanR15cXcPQFgYD1lR7mAqkJZGpSuYtnqnxUtirUTdGWqI_KttRcLhCQ'],
  ['GET', signedText(get), 'WLTl0fGv13J171VOxM35RgRQ4ewMfv-PpqR4QjYqVouQwgNFppHUw7TewNmebDoQQs_v8x05JiPoHxcE-6bqCA'],
  [
    'v1 POST',
    legacyText(post),
    'Joldqq9Do4oAeVMc7MVvXeAu0qU_EaSZABTV57_0AXEnTTuGEYzx8JgdTf5jllQpIONJwxlGhWnu6SuZbCGdAw',
  ],
  ['v1 GET', legacyText(get), 'UJo8SWkhRIOt1ZXGRyn_mYmTbN6RhUmNQqfU3QrvpwkFicLYC7Q9j7k4Q7nI5y5rMyFEhftkSxLZypKh-uc4Aw'],
] as const;

describe('the vectors of the specification', () => {
  it('has the key, its fingerprint and the digests', () => {
    expect(rawPublicKey(privateKey)).toEqual(raw);
    expect(rawPublicKey(publicKey)).toEqual(raw);
    expect(fingerprintOf(raw)).toBe('sha256:21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9');
    expect(post.bodySha256).toBe('cb4a914d309f32b93cc3335a528c55094977b419100d0dc26a57289f541f1746');
    expect(emptyBodyDigest).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('A.1: the signature of a challenge verifies', () => {
    const challenge = Buffer.from(`${'00'.repeat(31)}01`, 'hex');
    const signature = 'UCLAEktzhFiNtjni68VUOYnEgPf26Xx0XAUmNGhiagLXwYHfZ6XgG9C8+21oqOIDY/BY1PtFjWE+V/TEAxmaDg==';
    expect(sign(null, challenge, privateKey).toString('base64')).toBe(signature);
    expect(verifySignature(publicKey, challenge, Buffer.from(signature, 'base64'))).toBe(true);
  });

  it.each(vectors)('A.2: %s', (_name, text, signature) => {
    expect(sign(null, Buffer.from(text), privateKey).toString('base64url')).toBe(signature);
    expect(verifySignature(publicKey, text, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(verifySignature(publicKey, `${text}\n`, Buffer.from(signature, 'base64url'))).toBe(false);
  });

  it('signs a whole request as the vectors say', () => {
    const url = new URL('https://L2.example.com:443/assets?dry_run=1');
    const by = { handle: 'gabriel', privateKey, now: new Date(ts * 1000 + 999) };
    expect(signRequest({ method: 'post', url, body }, by)).toBe(
      `MSign handle="gabriel" ts=${ts} sig="${vectors[0][2]}"`,
    );
    expect(signRequest({ method: 'POST', url, body }, { ...by, legacy: true })).toContain(`sig="${vectors[2][2]}"`);
    const me = { method: 'GET', url: new URL('https://l2.example.com/auth/me') };
    expect(parseCredentials(signRequest(me, { ...by, alg: true, kid: fingerprintOf(raw) }).slice(6))).toEqual({
      ...{ handle: 'gabriel', ts, namesAlgorithm: true, kid: fingerprintOf(raw) },
      signature: Buffer.from(vectors[1][2], 'base64url'),
    });
  });
});

describe('parseCredentials', () => {
  const sig = vectors[0][2];
  const good = `handle="gabriel" ts=${ts} sig="${sig}"`;

  it.each([
    ['in another order, with commas', `sig="${sig}", ts="${ts}",handle="GABRIEL"`],
    ['with parameters that it does not know', `${good} nonce=abc realm="musehub"`],
    ['with names in upper case', `HANDLE="gabriel" TS=${ts} SIG="${sig}"`],
    ['with a padded signature', `handle=gabriel ts=${ts} sig="${sig}=="`],
    ['in the standard alphabet', `handle=gabriel ts=${ts} sig="${Buffer.from(sig, 'base64url').toString('base64')}"`],
  ])('reads a header %s', (_name, text) => {
    expect(parseCredentials(text)).toMatchObject({ handle: 'gabriel', ts, signature: Buffer.from(sig, 'base64url') });
  });

  it.each([
    ['empty', ''],
    ['without a handle', `ts=${ts} sig="${sig}"`],
    ['without a time', `handle="gabriel" sig="${sig}"`],
    ['without a signature', `handle="gabriel" ts=${ts}`],
    ['with a handle that comes twice', `${good} handle="other"`],
    ['with a parameter that comes twice in another case', `${good} Ts=1`],
    ['with an unknown parameter that comes twice', `${good} x=1 x=1`],
    ['with SQL in its handle', `handle="a';--" ts=${ts} sig="${sig}"`],
    ['with a path in its handle', `handle="../etc" ts=${ts} sig="${sig}"`],
    ['with a NUL', `handle="gab\0riel" ts=${ts} sig="${sig}"`],
    ['with a letter outside of ASCII', `handle="gabriél" ts=${ts} sig="${sig}"`],
    ['with a quote that does not end', `handle="gabriel ts=${ts} sig="${sig}`],
    ['with an escape', `handle="gab\\riel" ts=${ts} sig="${sig}"`],
    ['with nothing between two parameters', `handle="gabriel"ts=${ts} sig="${sig}"`],
    ['with a semicolon', `handle="gabriel";ts=${ts};sig="${sig}"`],
    ['with a time in another form', `handle="gabriel" ts=0${ts} sig="${sig}"`],
    ['with a signed time', `handle="gabriel" ts=+${ts} sig="${sig}"`],
    ['with a negative time', `handle="gabriel" ts=-1 sig="${sig}"`],
    ['with a fraction', `handle="gabriel" ts=${ts}.5 sig="${sig}"`],
    ['with a time beyond all measure', `handle="gabriel" ts=${'9'.repeat(40)} sig="${sig}"`],
    ['with a short signature', `handle="gabriel" ts=${ts} sig="${sig.slice(4)}"`],
    ['with a long signature', `handle="gabriel" ts=${ts} sig="${sig}AAAA"`],
    ['with a signature in two alphabets', `handle="gabriel" ts=${ts} sig="-+${sig.slice(2)}"`],
    ['with another algorithm', `${good} alg="es256"`],
    ['with an algorithm in another case', `${good} alg="ED25519"`],
    ['with a kid that is none', `${good} kid="abc"`],
    ['of more than 2 KiB', `${good} x="${'x'.repeat(2048)}"`],
  ])('refuses a header %s, and says nothing of what is in it', (_name, text) => {
    expect(() => parseCredentials(text)).toThrow(MSignMalformed);
    expect(() => parseCredentials(text)).not.toThrow(/gab|etc|--/);
  });

  it('writes what it reads', () => {
    const said = {
      handle: 'gabriel',
      ts,
      signature: Buffer.from(sig, 'base64url'),
      kid: fingerprintOf(raw),
      alg: true,
    };
    expect(parseCredentials(formatCredentials(said).slice('MSign '.length))).toMatchObject({
      ...{ handle: 'gabriel', ts, kid: said.kid, namesAlgorithm: true },
    });
  });
});

describe('what clients send', () => {
  it('reads base64 of both alphabets, padded or not, and nothing else', () => {
    const bytes = Buffer.from([0xfb, 0xff, 0xfe, 0x01]);
    for (const text of ['+//+AQ==', '+//+AQ', '-__-AQ==', '-__-AQ']) expect(decodeBase64(text)).toEqual(bytes);
    for (const text of ['+_/+AQ', '+//+AQ=', 'A', 'AAAAA', '+//+ AQ', '+//+AQ==\n', '=', 'AA=A', '*']) {
      expect(decodeBase64(text)).toBeUndefined();
    }
  });

  it('takes a fingerprint with and without its prefix', () => {
    const hex = 'ab'.repeat(32);
    expect(normaliseFingerprint(hex)).toBe(`sha256:${hex}`);
    expect(normaliseFingerprint(`sha256:${hex}`)).toBe(`sha256:${hex}`);
    for (const text of [hex.toUpperCase(), `md5:${hex}`, hex.slice(2), `${hex}\n`]) {
      expect(normaliseFingerprint(text)).toBeUndefined();
    }
  });

  it('strips the default port of the scheme and no other', () => {
    expect(normaliseHost('L2.Example.com:443', 'https')).toBe('l2.example.com');
    expect(normaliseHost('l2.example.com:80', 'https')).toBe('l2.example.com:80');
    expect(normaliseHost('localhost:80', 'http')).toBe('localhost');
    expect(normaliseHost('localhost:8200', 'http')).toBe('localhost:8200');
  });

  it('knows the keys that sign for everybody', () => {
    const small = [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      `ec${'ff'.repeat(30)}7f`,
      `ed${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(30)}7f`,
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
      `ff${'ff'.repeat(31)}`,
    ];
    for (const hex of small) expect([hex, isWeakKey(Buffer.from(hex, 'hex'))]).toEqual([hex, true]);
    expect(isWeakKey(raw)).toBe(false);
  });
});
