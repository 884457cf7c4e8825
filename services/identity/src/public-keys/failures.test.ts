import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answerTo, newKey, signedBy, startKeyWorld, type CallOptions, type KeyWorld } from './keys.testing.ts';

let world: KeyWorld;

beforeAll(async () => {
  world = await startKeyWorld();
});
afterAll(async () => {
  await world?.stop();
});

const bad = { ...answerTo('00'.repeat(32), newKey()), handle: 'any' };
const verify = (o: CallOptions) => world.call('POST', '/api/auth/verify', { body: bad, ...o });

describe('failed proofs of one address', () => {
  it('shut it out after five in a row, for 30 s, at both replicas and for adding keys too', async () => {
    const from = '203.0.113.1';
    const key = newKey();
    const signedIn = (await world.signIn(key, { handle: 'was-here' }, { from: '203.0.113.2' })).body;
    const statuses: number[] = [];
    for (const replica of [0, 1, 0, 1, 0] as const) statuses.push((await verify({ from, replica })).status);
    expect(statuses).toEqual([400, 400, 400, 400, 400]);
    const blocked = [
      await verify({ from, replica: 1 }),
      // A right proof is not looked at, and not used up.
      await world.signIn(key, {}, { from }),
      await world.call('POST', '/api/auth/verify', { from, body: 'no JSON object' }),
      await world.call('POST', '/api/auth/keys', { from, body: await world.proof(newKey()), as: signedBy(signedIn) }),
    ];
    for (const { status, body, headers } of blocked) {
      expect([status, body.code]).toEqual([429, 'too_many_failures']);
      expect(Number(headers.get('retry-after'))).toBe(30);
    }
    expect((await verify({ from: '203.0.113.3' })).status).toBe(400);
    world.clock.ms += 31_000;
    expect((await world.signIn(key, {}, { from })).status).toBe(200);
  });

  it('are forgotten at a success', async () => {
    const from = '203.0.113.4';
    const key = newKey();
    for (let n = 0; n < 4; n += 1) await verify({ from });
    expect((await world.signIn(key, { handle: 'at-last' }, { from })).status).toBe(200);
    for (let n = 0; n < 4; n += 1) await verify({ from });
    expect((await world.signIn(key, {}, { from })).status).toBe(200);
  });

  it('are counted whatever was wrong with them, but not what was wrong with a request', async () => {
    const from = '203.0.113.5';
    const key = newKey();
    for (let n = 0; n < 6; n += 1) expect((await world.signIn(newKey(), {}, { from })).status).toBe(422);
    const proof = async () => await world.proof(key, { from });
    const wrong = [
      { ...(await proof()), public_key_b64: 'AA' },
      { ...(await proof()), public_key_b64: '?' },
      { ...(await proof()), public_key_b64: newKey().publicKeyB64 },
      { ...(await proof()), signature_b64: Buffer.alloc(64).toString('base64') },
      { ...(await proof()), public_key_b64: Buffer.alloc(32).toString('base64') },
    ];
    const codes: string[] = [];
    for (const body of wrong) codes.push((await world.call('POST', '/api/auth/verify', { body, from })).body.code);
    expect(codes).toEqual(['bad_key_size', 'bad_encoding', 'fingerprint_mismatch', 'bad_signature', 'weak_key']);
    expect((await verify({ from })).status).toBe(429);
  });

  it('count IPv6 by the network of a customer', async () => {
    for (let n = 0; n < 5; n += 1) await verify({ from: `2001:db8:0:1::${n}` });
    expect((await verify({ from: '2001:db8:0:1:ffff::1' })).status).toBe(429);
    expect((await verify({ from: '2001:db8:0:2::1' })).status).toBe(400);
  });
});
