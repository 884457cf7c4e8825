import { afterEach, describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { type Assertion, serviceAssertion } from './assertion.ts';
import { SECRET, closeAuthStubs, eventually, quiet, startAuthStub } from './auth-stub.testing.ts';
import { serviceKey } from './service-key.ts';
import { type AssertionSigner, type AssertionSignerOptions, createAssertionSigner } from './signer.ts';
import { createAssertionVerifier } from './verifier.ts';

const signers: AssertionSigner[] = [];
afterEach(async () => {
  await Promise.all(signers.splice(0).map((signer) => signer.stop()));
  await closeAuthStubs();
});

function makeSigner(authUrl: string, o: Partial<AssertionSignerOptions> = {}): AssertionSigner {
  const service = o.service ?? 'gateway';
  const signer = createAssertionSigner({
    service,
    serviceKey: serviceKey(SECRET, service),
    authUrl,
    logger: quiet,
    ...o,
  });
  signers.push(signer);
  return signer;
}

const alice: Assertion = {
  ...serviceAssertion('x'),
  actor: { actor_id: 'user:alice', actor_type: 'human', microdao_ids: [], roles: ['member'] },
  username: 'alice',
  method: 'bearer',
  token_use: 'access',
  sid: 'ses_1',
};

describe('createAssertionSigner', () => {
  it('registers its key, and then signs what a verifier believes', async () => {
    const auth = await startAuthStub();
    const signer = makeSigner(auth.url);
    await signer.start();
    const token = await signer.sign('identity', alice, 'ses_1');
    expect(signer.registered).toBe(true);
    expect(auth.keys).toMatchObject([{ service: 'gateway', kty: 'RSA', alg: 'RS256' }]);
    expect(jwt.decode(token, { complete: true })).toMatchObject({
      header: { alg: 'RS256', typ: 'internal+jwt', kid: auth.keys[0]?.kid },
      payload: { iss: 'artdag:gateway', aud: 'identity', token_use: 'internal', assertion: alice },
    });
    const verifier = createAssertionVerifier({ service: 'identity', authUrl: auth.url, logger: quiet });
    expect(await verifier.verify(token)).toEqual(alice);
  });

  it('gives the same token per credential and audience until 15 s before it expires', async () => {
    const auth = await startAuthStub();
    let at = Date.now();
    const signer = makeSigner(auth.url, { now: () => new Date(at) });
    await signer.start();
    const first = await signer.sign('identity', alice, 'ses_1');
    at += 44_000;
    expect(await signer.sign('identity', alice, 'ses_1')).toBe(first);
    expect(await signer.sign('web', alice, 'ses_1')).not.toBe(first);
    expect(await signer.sign('identity', alice, 'ses_2')).not.toBe(first);
    at += 1001;
    const second = await signer.sign('identity', alice, 'ses_1');
    expect(second).not.toBe(first);
    expect(jwt.decode(second)).toMatchObject({ exp: Math.floor(at / 1000) + 60 });
  });

  it('speaks for its own service', async () => {
    const auth = await startAuthStub();
    const signer = makeSigner(auth.url, { service: 'federation' });
    await signer.start();
    const token = await signer.forService('identity');
    const verifier = createAssertionVerifier({ service: 'identity', authUrl: auth.url, logger: quiet });
    expect((await verifier.verify(token)).actor).toEqual({
      actor_id: 'service:federation',
      actor_type: 'service',
      microdao_ids: [],
      roles: [],
    });
    expect(await signer.forService('identity')).toBe(token);
  });

  it('makes its key off the event loop', async () => {
    const auth = await startAuthStub();
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await Promise.all(Array.from({ length: 4 }, () => makeSigner(auth.url).start()));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  it('goes on trying while auth is down, and signs when it is back', async () => {
    const auth = await startAuthStub();
    auth.down = true;
    const signer = makeSigner(auth.url);
    await signer.start();
    expect(signer.registered).toBe(false);
    const waiting = signer.forService('identity');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(auth.keys).toEqual([]);
    auth.down = false;
    await signer.ready();
    expect(await waiting).toEqual(expect.any(String));
  });

  it('answers 503 when auth stays away, as nobody could verify what it signs', async () => {
    const signer = makeSigner('http://127.0.0.1:1');
    await signer.start();
    await expect(signer.forService('identity')).rejects.toMatchObject({ status: 503, code: 'dependency_unavailable' });
  });

  it('registers again, so that auth may lose its keys', async () => {
    const auth = await startAuthStub();
    const signer = makeSigner(auth.url, { registerEveryMs: 50 });
    await signer.start();
    await signer.ready();
    const [key] = auth.keys;
    auth.keys = [];
    await eventually(() => auth.keys.length === 1);
    expect(auth.keys[0]?.kid).toBe(key?.kid);
  });

  it('is refused by auth without the right service key', async () => {
    const auth = await startAuthStub();
    const signer = makeSigner(auth.url, { serviceKey: serviceKey('another secret', 'gateway') });
    await signer.start();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([signer.registered, auth.registrations]).toEqual([false, 0]);
  });

  it('must be started', async () => {
    await expect(makeSigner('http://127.0.0.1:1').forService('identity')).rejects.toThrow('was not started');
  });
});
