import { createAssertionSigner, createAssertionVerifier, serviceKey } from '@artdag/actor-context';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from './fake-auth.ts';
import { quietLogger } from './logs.ts';

const running: FakeAuth[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((auth) => auth.close()));
});

async function start(internalSecret?: string): Promise<FakeAuth> {
  const auth = await startFakeAuth(internalSecret === undefined ? {} : { internalSecret });
  running.push(auth);
  return auth;
}

describe('startFakeAuth', () => {
  it('publishes what services register', async () => {
    const auth = await start('secret');
    const options = { service: 'gateway', serviceKey: serviceKey('secret', 'gateway'), authUrl: auth.url };
    const signer = createAssertionSigner({ ...options, logger: quietLogger() });
    await signer.start();
    const token = await signer.forService('identity');
    expect(auth.registered).toMatchObject([{ service: 'gateway' }]);
    const verifier = createAssertionVerifier({ service: 'identity', authUrl: auth.url, logger: quietLogger() });
    expect((await verifier.verify(token)).method).toBe('service');
    await signer.stop();
  });

  it('refuses a wrong service key', async () => {
    const { url } = await start('secret');
    const response = await fetch(`${url}/internal/auth/assertion-keys`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
  });

  it('knows the actors that it was told, and may be down', async () => {
    const auth = await start();
    auth.actors.set('user:1', { actor_id: 'user:1', username: 'one' });
    const get = (id: string): Promise<Response> => fetch(`${auth.url}/internal/actors/${encodeURIComponent(id)}`);
    expect(await (await get('user:1')).json()).toEqual({ actor_id: 'user:1', username: 'one' });
    expect((await get('user:2')).status).toBe(404);
    auth.down = true;
    expect((await get('user:1')).status).toBe(503);
  });
});
