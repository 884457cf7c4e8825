import { createAssertionVerifier } from '@artdag/actor-context';
import { describe, expect, it } from '@jest/globals';
import { startFakeAuth } from '../fake-auth.ts';
import { quietLogger } from '../logs.ts';
import { makeAssertionKit } from './assertion-kit.ts';

const kit = makeAssertionKit('asset-registry');

describe('makeAssertionKit', () => {
  it('makes assertions that the real verifier believes', async () => {
    const verifier = createAssertionVerifier(kit.verifierOptions);
    const header = kit.actor({ actor_id: 'user:bob', username: 'bob', scopes: ['assets:create'], roles: ['member'] });
    expect(await verifier.verify(header)).toEqual({
      actor: { actor_id: 'user:bob', actor_type: 'human', microdao_ids: [], roles: ['member'] },
      username: 'bob',
      org_id: null,
      scopes: ['assets:create'],
      sid: null,
      jti: null,
      method: 'bearer',
      token_use: 'access',
    });
    expect((await verifier.verify(kit.service('federation'))).actor.actor_id).toBe('service:federation');
  });

  it.each(kit.forgeries())('forges one that is refused: %s', async (_wrong, token) => {
    const verifier = createAssertionVerifier(kit.verifierOptions);
    await verifier.verify(kit.actor());
    await expect(verifier.verify(token)).rejects.toMatchObject({ status: 401, code: 'invalid_assertion' });
  });

  it('is believed through startFakeAuth too', async () => {
    const auth = await startFakeAuth();
    const verifier = createAssertionVerifier({ service: 'asset-registry', authUrl: auth.url, logger: quietLogger() });
    expect((await verifier.verify(kit.actor())).username).toBe('alice');
    expect(auth.jwksReads).toBe(1);
    await auth.close();
  });
});
