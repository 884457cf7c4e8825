import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAssertionSigner, serviceKey, type AssertionSigner } from '@artdag/actor-context';
import { quietLogger } from '@artdag/testing';
import { call, newAccount, newContentHash, registerAsset } from './lib/api-client.ts';
import { claimTravels } from './lib/journey.ts';
import { startProcesses, type ProcessSuite } from './lib/process-suite.ts';

describe('every service as its own process, on PostgreSQL, Redis and RabbitMQ', () => {
  let suite: ProcessSuite;
  beforeAll(async () => void (suite = await startProcesses()));
  afterAll(() => suite?.remove());

  it('carries a claim from a hash to a Fedify follower', () => claimTravels(suite.url));

  it('gives one of two identities that race for a content hash 201 and the other 409, 200 times', async () => {
    const [ada, ben] = [await newAccount(suite.url), await newAccount(suite.url)];
    for (let round = 0; round < 200; round += 1) {
      const hash = newContentHash();
      const answers = await Promise.all(
        [ada, ben].map(({ username, token }) => registerAsset(suite.url, token, `${username}-${round}`, hash)),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
      expect(answers.find(({ status }) => status === 409)?.body['code']).toBe('content_already_owned');
    }
  });

  describe("asset-registry's own port", () => {
    let gateway: AssertionSigner;
    beforeAll(async () => {
      const key = serviceKey(suite.secrets.internal, 'gateway');
      gateway = createAssertionSigner({
        service: 'gateway',
        serviceKey: key,
        authUrl: suite.urlOf('auth'),
        logger: quietLogger(),
      });
      await gateway.start();
      await gateway.ready();
    });
    afterAll(() => gateway.stop());

    const register = async (headers: Record<string, string>): Promise<number> => {
      const body = {
        name: `wall-${newContentHash().slice(0, 12)}`,
        content_hash: newContentHash(),
        asset_type: 'image',
        tags: [],
      };
      return (await call(suite.urlOf('asset-registry'), '/assets', { body, headers })).status;
    };
    const assertionFor = async (audience: string, username: string): Promise<string> => {
      const { token } = await newAccount(suite.url, username);
      const { body } = await call(suite.url, '/auth/me', { token });
      const actor = { actor_id: String(body['actor_id']), actor_type: 'human' as const, microdao_ids: [], roles: [] };
      const assertion = {
        actor,
        username,
        org_id: null,
        scopes: ['assets:create'],
        sid: null,
        jti: null,
        method: 'bearer',
        token_use: 'access',
      };
      return gateway.sign(audience, assertion, `${audience}:${username}`);
    };

    it('answers 401 to a good Bearer token without an assertion', async () => {
      const { token } = await newAccount(suite.url);
      expect(await register({ authorization: `Bearer ${token}` })).toBe(401);
    });

    it('answers 401 to an assertion that was made for another service', async () => {
      expect(await register({ 'x-actor-assertion': await assertionFor('federation', 'wall-one') })).toBe(401);
    });

    it('answers 201 to an assertion that was made for it, so that the two above mean something', async () => {
      expect(await register({ 'x-actor-assertion': await assertionFor('asset-registry', 'wall-two') })).toBe(201);
    });
  });
});
