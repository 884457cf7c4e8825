import { createHealth, createHttpApp, createMetrics, type HttpServer, listen } from '@artdag/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestHandler } from 'express';
import { type Assertion, serviceAssertion } from './assertion.ts';
import { quiet } from './auth-stub.testing.ts';
import {
  actorOf,
  attachActor,
  optionalActor,
  requireActor,
  requireRole,
  requireScope,
  requireService,
} from './middleware.ts';
import { invalidAssertion } from './refusals.ts';

const alice: Assertion = {
  ...serviceAssertion('x'),
  actor: { actor_id: 'user:alice', actor_type: 'human', microdao_ids: [], roles: ['member'] },
  method: 'bearer',
  token_use: 'access',
  scopes: ['assets:create', 'assets:read'],
};

const known: Record<string, Assertion> = { alice, federation: serviceAssertion('federation') };

/** Tokens are names here; what makes a real one good is verifier.test.ts's business. */
const verifier = {
  verify: (token: string): Promise<Assertion> => {
    const assertion = known[token];
    return assertion === undefined ? Promise.reject(invalidAssertion('x')) : Promise.resolve(assertion);
  },
};

const answer: RequestHandler = (req, res) => {
  res.json({ actor: req.actor?.actor_id ?? null, local: res.locals.assertion?.actor.actor_id ?? null });
};

let server: HttpServer;
beforeAll(async () => {
  const app = createHttpApp({
    service: 'test',
    version: '1',
    logger: quiet,
    metrics: createMetrics(),
    health: createHealth(),
    metricsAllowCidrs: [],
    routes: (app) => {
      app.use(attachActor(verifier));
      app.get('/open', optionalActor(), answer);
      app.get('/actor', requireActor(), answer);
      app.get('/both', requireActor({ services: true }), answer);
      app.get('/role', requireRole('sysadmin', 'member'), answer);
      app.get('/role-missing', requireRole('sysadmin'), answer);
      app.get('/scope', requireScope('assets:create', 'assets:read'), answer);
      app.get('/scope-missing', requireScope('assets:create', 'assets:delete'), answer);
      app.get('/service', requireService('asset-registry', 'federation'), answer);
      app.get('/service-missing', requireService('asset-registry'), answer);
      app.get('/actor-of', (req, res) => void res.json(actorOf(req).actor));
    },
  });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close(0));

async function get(path: string, token?: string) {
  const headers = token === undefined ? {} : { 'x-actor-assertion': token };
  const response = await fetch(server.url + path, { headers });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe('the middleware', () => {
  it.each<[string, string | undefined, number, string | undefined]>([
    ['/open', undefined, 200, undefined],
    ['/open', 'alice', 200, undefined],
    ['/open', 'forged', 401, 'invalid_assertion'],
    ['/open', '', 401, 'invalid_assertion'],
    ['/actor', undefined, 401, 'unauthorized'],
    ['/actor', 'alice', 200, undefined],
    ['/actor', 'federation', 403, 'forbidden'],
    ['/both', 'federation', 200, undefined],
    ['/both', undefined, 401, 'unauthorized'],
    ['/role', 'alice', 200, undefined],
    ['/role', undefined, 401, 'unauthorized'],
    ['/role-missing', 'alice', 403, 'forbidden'],
    ['/scope', 'alice', 200, undefined],
    ['/scope-missing', 'alice', 403, 'insufficient_scope'],
    ['/scope-missing', undefined, 401, 'unauthorized'],
    ['/service', 'federation', 200, undefined],
    ['/service', 'alice', 403, 'forbidden'],
    ['/service', undefined, 401, 'unauthorized'],
    ['/service-missing', 'federation', 403, 'forbidden'],
    ['/actor-of', undefined, 401, 'unauthorized'],
    ['/actor-of', 'alice', 200, undefined],
  ])('GET %s as %s → %i %s', async (path, token, status, code) => {
    const answered = await get(path, token);
    expect([answered.status, answered.body['code']]).toEqual([status, code]);
  });

  it('attaches the actor to the request and its locals', async () => {
    expect((await get('/open', 'alice')).body).toEqual({ actor: 'user:alice', local: 'user:alice' });
    expect((await get('/open')).body).toEqual({ actor: null, local: null });
  });

  it('challenges with every 401', async () => {
    const { headers, body } = await get('/actor');
    expect(headers.get('www-authenticate')).toBe('Bearer realm="l2", MSign realm="musehub"');
    expect(body['detail']).toBe('Unauthorized: No valid session token or API key');
    expect((await get('/open', 'forged')).headers.get('www-authenticate')).toBe(
      'Bearer realm="l2", MSign realm="musehub"',
    );
  });

  it('does not take a Bearer token for an assertion', async () => {
    const response = await fetch(`${server.url}/actor`, { headers: { authorization: 'Bearer alice' } });
    expect(response.status).toBe(401);
  });
});
