import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createAssertionVerifier } from '@artdag/actor-context';
import type { Service } from '@artdag/service-kit';
import { eventually, type FakeAuth, quietLogger, startFakeAuth } from '@artdag/testing';
import request from 'supertest';
import { type GatewayStandIn, startGatewayStandIn } from '../gateway-stand-in.testing.ts';
import { startWeb } from '../start-web.testing.ts';

let auth: FakeAuth;
let gateway: GatewayStandIn;
let web: { url: string; service: Service };

beforeAll(async () => {
  auth = await startFakeAuth();
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url, AUTH_URL: auth.url }, { logger: quietLogger() });
});

afterAll(async () => {
  await web.service.close();
  await gateway.close();
  await auth.close();
});

it('says in its calls that they are web’s, and for which visitor', async () => {
  const verifier = createAssertionVerifier({ service: 'gateway', authUrl: auth.url, logger: quietLogger() });
  await eventually(async () => {
    gateway.asked.length = 0;
    await request(web.url).get('/').set('accept', 'text/html').set('x-forwarded-for', '6.6.6.6, 203.0.113.9');
    const headers = gateway.asked[0]?.headers;
    expect(headers?.['x-forwarded-for']).toBe('203.0.113.9');
    const assertion = await verifier.verify(String(headers?.['x-actor-assertion']));
    expect(assertion).toMatchObject({ actor: { actor_id: 'service:web' }, method: 'service' });
  });
});

it('believes nobody but its trusted proxies about the visitor’s address', async () => {
  const alone = await startWeb(
    { GATEWAY_URL: gateway.url, AUTH_URL: auth.url, TRUSTED_PROXIES: '' },
    { logger: quietLogger() },
  );
  gateway.asked.length = 0;
  await request(alone.url).get('/').set('accept', 'text/html').set('x-forwarded-for', '203.0.113.9');
  await alone.service.close();
  expect(gateway.asked[0]?.headers['x-forwarded-for']).toBe('127.0.0.1');
});
