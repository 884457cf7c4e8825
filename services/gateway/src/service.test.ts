import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemoryStore } from '@artdag/key-value';
import { openServer } from '@artdag/service-kit';
import { eventually, quietLogger } from '@artdag/testing';
import request from 'supertest';
import { startAuthStandIn } from './auth-stand-in.testing.ts';
import { type Harness, startHarness, testConfig } from './harness.testing.ts';
import { rawGet } from './raw-http.testing.ts';
import { createService } from './service.ts';

let gateway: Harness;
let clock: Date;

beforeEach(async () => {
  clock = new Date();
  gateway = await startHarness({ logger: quietLogger(), overrides: { now: () => clock } });
});
afterEach(() => gateway.close());

describe('probes', () => {
  it('says that the process is up', async () => {
    const { body } = await request(gateway.url).get('/healthz').expect(200);
    expect(body).toEqual({ status: 'ok', service: 'gateway', version: expect.any(String) });
  });

  it.each(['/readyz', '/v1/ready'])('%s names every service, and asks each once in two seconds', async (path) => {
    clock = new Date(clock.getTime() + 2000);
    for (let times = 0; times < 5; times += 1) {
      const { body } = await request(gateway.url).get(path).expect(200);
      expect(body).toEqual({
        status: 'ok',
        service: 'gateway',
        checks: {
          assertion_key: 'ok',
          store: 'ok',
          auth: 'ok',
          identity: 'ok',
          'asset-registry': 'ok',
          federation: 'ok',
          'l1-bridge': 'ok',
          web: 'ok',
        },
      });
    }
    expect(gateway.seen.map((seen) => seen.url)).toEqual(Array.from({ length: 6 }, () => '/healthz'));
  });

  it('is degraded, but ready, without a service', async () => {
    clock = new Date(clock.getTime() + 2000);
    gateway.respond = (_request, response) => void response.writeHead(500).end('{}');
    const { body } = await request(gateway.url).get('/readyz').expect(200);
    expect(body).toMatchObject({ status: 'degraded', checks: { assertion_key: 'ok', federation: 'failing' } });
  });

  it('is not ready until auth has taken its assertion key', async () => {
    const auth = await startAuthStandIn((_request, response) => response.end('{}'));
    auth.down = true;
    const early = createService(testConfig(auth.url, auth.url), { logger: quietLogger(), store: createMemoryStore() });
    const { url } = await early.start();
    await request(url).get('/readyz').expect(503);
    await request(url).get('/healthz').expect(200);
    await early.close();
    await auth.close();
  });
});

describe('/metrics', () => {
  it('counts forwarded requests and its own in one histogram, by pattern', async () => {
    await rawGet(gateway.port, '/assets/secret-name');
    await rawGet(gateway.port, '/nothing');
    const { text } = await request(gateway.url).get('/metrics').expect(200);
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/assets/{name}",status="200"} 1');
    expect(text).toMatch(/http_request_duration_seconds_count\{method="GET",route="unmatched",status="404"\} 1/);
    expect(text).not.toContain('secret-name');
  });

  it('is 404 for addresses outside METRICS_ALLOW_CIDRS', async () => {
    const logger = quietLogger();
    const closed = await startHarness({
      logger,
      config: { metricsAllowCidrs: ['10.0.0.0/8'], trustedProxies: ['127.0.0.1/32'] },
    });
    await request(closed.url).get('/metrics').set('x-forwarded-for', '10.0.0.1').expect(404);
    await closed.close();
  });
});

describe('closing', () => {
  it('lets requests in flight finish, refuses new ones, and can be asked twice', async () => {
    const patient = await startHarness({ logger: quietLogger(), config: { shutdownGraceMs: 40_000 } });
    let finish: (() => void) | undefined;
    patient.respond = (_request, response) => {
      response.write('begun ');
      finish = () => response.end('and ended');
    };
    const inFlight = httpRequest(`${patient.url}/assets`, { agent: false }).end();
    const [response] = (await once(inFlight, 'response')) as [IncomingMessage];
    const closed = Promise.all([patient.service.close(), patient.service.close()]);
    await eventually(() =>
      fetch(patient.url).then(
        () => false,
        () => true,
      ),
    );
    finish?.();
    let text = '';
    for await (const chunk of response) text += String(chunk);
    expect(text).toBe('begun and ended');
    await closed;
    await patient.close();
  });

  it('cuts what does not end within the bound', async () => {
    const other = await startHarness({ logger: quietLogger(), config: { shutdownGraceMs: 200 } });
    let asked = false;
    other.respond = () => (asked = true);
    const hanging = fetch(`${other.url}/assets`).then(
      () => 'answered',
      () => 'cut',
    );
    await eventually(() => asked);
    const started = performance.now();
    await other.close();
    expect(await hanging).toBe('cut');
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});

it('attaches to a server that listens already', async () => {
  const server = await openServer({ host: '127.0.0.1', port: 0 });
  const attached = await startHarness({ logger: quietLogger(), overrides: { server } });
  expect((await rawGet(attached.port, '/assets')).status).toBe(200);
  await attached.close();
  expect(server.listening).toBe(false);
});

it('is an Express app as well', async () => {
  await request(gateway.service.app).get('/assets?x=1').expect(200);
  expect(gateway.seen.at(-1)?.url).toBe('/assets?x=1');
});
