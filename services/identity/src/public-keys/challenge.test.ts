import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answerTo, newKey, startKeyWorld, vectorKey, type KeyWorld } from './keys.testing.ts';

let world: KeyWorld;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});

const path = '/api/auth/challenge';
const ask = (body: unknown, from?: string) =>
  world.call('POST', path, { body, ...(from === undefined ? {} : { from }) });
const live = async (fingerprint: string) =>
  (await world.sql('SELECT 1 FROM identity.auth_challenges WHERE fingerprint = $1', [fingerprint])).length;

describe('POST /api/auth/challenge', () => {
  it('gives a nonce of 256 bits for five minutes and says that the key is new, until somebody has it', async () => {
    const key = newKey();
    const body = { fingerprint: key.fingerprint, algorithm: 'ed25519', more: 'is ignored' };
    const [first, second] = [await ask(body), await ask(body)];
    expect([first.status, first.body]).toEqual([
      200,
      {
        challenge_token: expect.stringMatching(/^[0-9a-f]{64}$/),
        is_new_key: true,
        expires_in: 300,
        algorithm: 'ed25519',
      },
    ]);
    expect(second.body.challenge_token).not.toBe(first.body.challenge_token);
    await world.signIn(key, { handle: 'asks-first' });
    expect((await ask(body)).body.is_new_key).toBe(false);
  });

  it('stores neither the nonce nor the address', async () => {
    const key = newKey();
    const from = '198.51.100.77';
    const token = await world.challenge(key, { from });
    const rows = JSON.stringify(
      await world.sql('SELECT * FROM identity.auth_challenges WHERE fingerprint = $1', [key.fingerprint]),
    );
    expect(rows).toContain(key.fingerprint);
    expect(rows).not.toContain(token);
    expect(rows).not.toContain(from);
  });

  it('takes a fingerprint without its prefix for the same', async () => {
    const key = vectorKey();
    const bare = key.fingerprint.replace('sha256:', '');
    const { body } = await ask({ fingerprint: bare, algorithm: 'ed25519' });
    const verified = await world.call('POST', '/api/auth/verify', {
      body: { ...answerTo(body.challenge_token, key), handle: 'bare-one' },
    });
    expect([verified.status, verified.body.key.fingerprint]).toEqual([200, key.fingerprint]);
  });

  it.each([
    ['ml-dsa-65', 'algorithm_unsupported'],
    ['es256', 'algorithm_unsupported'],
    ['rsa', 'validation_error'],
    ['ED25519', 'validation_error'],
    [null, 'validation_error'],
  ])('refuses the algorithm %s with 422 %s', async (algorithm, code) => {
    const { status, body } = await ask({ fingerprint: newKey().fingerprint, algorithm });
    expect([status, body.code]).toEqual([422, code]);
  });

  it.each([
    '',
    'sha256:',
    'a'.repeat(63),
    'a'.repeat(65),
    'A'.repeat(64),
    `sha512:${'a'.repeat(64)}`,
    `${'a'.repeat(64)}\n`,
    `${'a'.repeat(63)}\0`,
    `'; DROP TABLE auth_keys; --`,
    '../../etc/passwd',
    'ａ'.repeat(64),
    17,
    { $ne: '' },
    ['a'.repeat(64)],
  ])('refuses the fingerprint %j with 422', async (fingerprint) => {
    const { status, body } = await ask({ fingerprint, algorithm: 'ed25519' });
    expect([status, body.code]).toEqual([422, 'validation_error']);
  });

  it('gives ten at once to one requester and one key, however many ask together at two replicas', async () => {
    const key = newKey();
    const body = { fingerprint: key.fingerprint, algorithm: 'ed25519' };
    const from = '198.51.100.1';
    const many = Array.from({ length: 24 }, (_, n) => world.call('POST', path, { body, from, replica: n % 2 ? 1 : 0 }));
    const answers = await Promise.all(many);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(new Set(refused.map((answer) => `${answer.status} ${answer.body.code}`))).toEqual(
      new Set(['429 too_many_challenges']),
    );
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeLessThanOrEqual(300);
    expect(await live(key.fingerprint)).toBe(10);
  });

  it('lets a stranger who used up their challenges keep nobody else from the key', async () => {
    const key = newKey();
    const body = { fingerprint: key.fingerprint, algorithm: 'ed25519' };
    for (let n = 0; n < 10; n += 1) await ask(body, '2001:db8::1');
    // The same customer's next address, and another customer's.
    expect((await ask(body, '2001:db8::ffff')).status).toBe(429);
    expect((await ask(body, '198.51.100.9')).status).toBe(200);
    expect((await ask({ ...body, fingerprint: newKey().fingerprint }, '2001:db8::1')).status).toBe(200);
  });

  it('gives further ones once the old ones are used or have expired', async () => {
    const key = newKey();
    const from = '198.51.100.3';
    const tokens: string[] = [];
    for (let n = 0; n < 10; n += 1) tokens.push(await world.challenge(key, { from }));
    const body = { ...answerTo(tokens[0] ?? '', key), handle: 'makes-room' };
    expect((await world.call('POST', '/api/auth/verify', { body, from })).status).toBe(200);
    const wanted = { fingerprint: key.fingerprint, algorithm: 'ed25519' };
    expect([(await ask(wanted, from)).status, (await ask(wanted, from)).status]).toEqual([200, 429]);
    world.clock.ms += 301_000;
    expect((await ask(wanted, from)).status).toBe(200);
  });
});
