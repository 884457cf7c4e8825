import { sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fingerprintOf } from '@artdag/msign';
import { answerTo, newKey, startKeyWorld, type CallOptions, type KeyWorld, type TestKey } from './keys.testing.ts';

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

const verify = async (body: unknown, o: CallOptions = {}) => {
  const answer = await world.call('POST', '/api/auth/verify', { body, from, ...o });
  return [answer.status, answer.body.code ?? answer.body.handle];
};
const bytes = (base64: unknown): Buffer => Buffer.from(String(base64), 'base64');
/** Whatever was wrong, nothing is there and the challenge is gone. */
async function expectNothingOf(key: TestKey, token: unknown): Promise<void> {
  expect(await verify({ ...answerTo(String(token), key), handle: 'too-late' })).toEqual([400, 'challenge_invalid']);
  expect(await world.sql('SELECT 1 FROM identity.auth_keys WHERE fingerprint = $1', [key.fingerprint])).toEqual([]);
}

describe('a challenge', () => {
  it('is used once: of ten verifies at once at two replicas one is let in', async () => {
    const key = newKey();
    const body = { ...(await world.proof(key)), handle: 'only-once' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => verify(body, { from: `198.51.100.${n}`, replica: n % 2 ? 1 : 0 })),
    );
    expect(answers.filter(([status]) => status === 200)).toHaveLength(1);
    expect(answers.filter(([, code]) => code === 'challenge_invalid')).toHaveLength(9);
  });

  it('is good until five minutes are over, and no longer', async () => {
    const key = newKey();
    const [inTime, late] = [await world.proof(key), await world.proof(key)];
    world.clock.ms += 270_000;
    expect(await verify({ ...inTime, handle: 'in-time' })).toEqual([200, 'in-time']);
    world.clock.ms += 30_001;
    expect(await verify(late)).toEqual([400, 'challenge_invalid']);
  });

  it('of another key is refused, and used up by it', async () => {
    const [mine, theirs] = [newKey(), newKey()];
    const token = await world.challenge(theirs);
    expect(await verify({ ...answerTo(token, mine), handle: 'crossed' })).toEqual([401, 'fingerprint_mismatch']);
    await expectNothingOf(theirs, token);
  });

  it.each([
    ...['', '0', 'zz'.repeat(32), '00'.repeat(31), '00'.repeat(33), `${'00'.repeat(32)}\n`, '\0'.repeat(64)],
    ...[`' OR '1'='1`, '../../../etc/passwd', '%00', '０'.repeat(64), '00'.repeat(32)],
  ])('that was never given is invalid: %j', async (challenge_token) => {
    const key = newKey();
    const body = { ...answerTo('00'.repeat(32), key), challenge_token, handle: 'nobody-at-all' };
    expect(await verify(body)).toEqual([400, 'challenge_invalid']);
  });

  it.each([undefined, null, 17, ['00'], { hex: '00' }, '0'.repeat(257)])(
    'of another kind is not understood: %j',
    async (challenge_token) => {
      const body = { ...answerTo('00'.repeat(32), newKey()), challenge_token };
      expect(await verify(body)).toEqual([422, 'validation_error']);
    },
  );
});

describe('a key', () => {
  it.each([0, 1, 31, 33, 44, 64, 1952])('of %i bytes is refused', async (size) => {
    const key = newKey();
    const body = await world.proof(key);
    const public_key_b64 = Buffer.alloc(size, 7).toString('base64');
    expect(await verify({ ...body, public_key_b64, handle: 'any' })).toEqual([400, 'bad_key_size']);
    await expectNothingOf(key, body['challenge_token']);
  });

  it.each(['*', 'AAAA=', '=', 'A', '11qY AYKx', '11qY\n', '+_', `'; --`, '11qY\0', 'ｱ', '-----BEGIN PUBLIC KEY-----'])(
    'that is no base64 is refused: %j',
    async (public_key_b64) => {
      const key = newKey();
      const body = await world.proof(key);
      expect(await verify({ ...body, public_key_b64, handle: 'any' })).toEqual([400, 'bad_encoding']);
      await expectNothingOf(key, body['challenge_token']);
    },
  );

  // The encodings of the eight points of small order, and those that name them or others a second time (y from p up; the sign of x = 0).
  it.each([
    ...['0000000000000000000000000000000000000000000000000000000000000000'],
    ...['0100000000000000000000000000000000000000000000000000000000000000'],
    ...['ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
    ...['0000000000000000000000000000000000000000000000000000000000000080'],
    ...['0100000000000000000000000000000000000000000000000000000000000080'],
    ...['ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
    ...['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ...['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
    ...['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
    ...['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
    ...['edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
    ...['eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
    ...['ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
  ])('whose private half nobody holds is weak: %s', async (hex) => {
    const raw = Buffer.from(hex, 'hex');
    const key = { ...newKey(), publicKeyB64: raw.toString('base64'), fingerprint: fingerprintOf(raw) };
    // R = the identity, S = 0: what such a key takes for a signature of anything.
    const signature_b64 = Buffer.concat([Buffer.from('01'.padEnd(64, '0'), 'hex'), Buffer.alloc(32)]).toString(
      'base64',
    );
    const body = { ...(await world.proof(key)), signature_b64, handle: 'weakling' };
    expect(await verify(body)).toEqual([400, 'weak_key']);
  });
});

describe('a signature', () => {
  const cases: [string, (token: string, key: TestKey) => Buffer | string, number, string][] = [
    ['over the hex text', (token, key) => sign(null, Buffer.from(token), key.privateKey), 401, 'bad_signature'],
    ['over another nonce', (_token, key) => sign(null, Buffer.alloc(32), key.privateKey), 401, 'bad_signature'],
    ['by another key', (token) => bytes(answerTo(token, newKey())['signature_b64']), 401, 'bad_signature'],
    ['with a bit changed', (token, key) => flipped(bytes(answerTo(token, key)['signature_b64'])), 401, 'bad_signature'],
    ['of zeros', () => Buffer.alloc(64), 401, 'bad_signature'],
    [
      'with S above the group order',
      (token, key) => aboveOrder(bytes(answerTo(token, key)['signature_b64'])),
      401,
      'bad_signature',
    ],
    ['of 63 bytes', (token, key) => bytes(answerTo(token, key)['signature_b64']).subarray(1), 400, 'bad_key_size'],
    ['of 65 bytes', () => Buffer.alloc(65), 400, 'bad_key_size'],
    ['of none', () => '', 400, 'bad_key_size'],
    ['that is no base64', () => 'not base64!', 400, 'bad_encoding'],
  ];
  it.each(cases)('%s is refused, and uses up the challenge', async (_what, make, status, code) => {
    const key = newKey();
    const token = await world.challenge(key);
    const made = make(token, key);
    const signature_b64 = typeof made === 'string' ? made : made.toString('base64');
    expect(await verify({ ...answerTo(token, key), signature_b64, handle: 'forged' })).toEqual([status, code]);
    await expectNothingOf(key, token);
  });

  it('and its key may be standard or url-safe base64, padded or not; the nonce upper-case hex', async () => {
    const key = newKey();
    const first = await world.proof(key);
    expect(await verify({ ...first, handle: 'spelt' })).toEqual([200, 'spelt']);
    for (const spell of [
      (text: string) => bytes(text).toString('base64url'),
      (text: string) => text.replace(/=+$/, ''),
      (text: string) => `${bytes(text).toString('base64url')}${'='.repeat((3 - (bytes(text).length % 3)) % 3)}`,
    ]) {
      const proof = await world.proof(key);
      const public_key_b64 = spell(String(proof['public_key_b64']));
      const signature_b64 = spell(String(proof['signature_b64']));
      const challenge_token = String(proof['challenge_token']).toUpperCase();
      expect(await verify({ challenge_token, public_key_b64, signature_b64 })).toEqual([200, 'spelt']);
    }
  });
});

function flipped(signature: Buffer): Buffer {
  signature[5] = (signature[5] ?? 0) ^ 1;
  return signature;
}

/** S + L: the same signature to a verifier that does not look (RFC 8032 §5.1.7). */
function aboveOrder(signature: Buffer): Buffer {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
  const raised = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([signature.subarray(0, 32), raised]);
}
