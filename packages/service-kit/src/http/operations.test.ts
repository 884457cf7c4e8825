import { afterEach, describe, expect, it } from '@jest/globals';
import { closeTestApps, json, startTestApp } from './test-app.testing.ts';

afterEach(closeTestApps);

describe('/healthz', () => {
  it('tells service and version, whatever the dependencies do', async () => {
    const { url, health } = await startTestApp();
    health.register('database', () => Promise.reject(new Error('down')));
    const response = await fetch(`${url}/healthz`);
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({ status: 'ok', service: 'test', version: '1.2.3' });
  });
});

describe.each(['/readyz', '/v1/ready'])('%s', (path) => {
  it('is 200 when all checks pass', async () => {
    const { url, health } = await startTestApp();
    health.register('database', () => Promise.resolve());
    const response = await fetch(url + path);
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({ status: 'ok', service: 'test', checks: { database: 'ok' } });
  });

  it('is 200 degraded when a check that is not critical fails', async () => {
    const { url, health } = await startTestApp();
    health.register('bus', () => Promise.reject(new Error('secret host name')), { critical: false });
    const response = await fetch(url + path);
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({ status: 'degraded', service: 'test', checks: { bus: 'failing' } });
  });

  it('is 503 when a critical check fails or hangs', async () => {
    const { url, health } = await startTestApp();
    health.register('store', () => Promise.reject(new Error('x')), { critical: false });
    health.register('database', () => new Promise(() => undefined), { timeoutMs: 50 });
    const response = await fetch(url + path);
    expect(response.status).toBe(503);
    expect(await json(response)).toMatchObject({
      status: 'unavailable',
      checks: { database: 'failing', store: 'failing' },
    });
  });

  it('is 503 while draining, though everything works', async () => {
    const { url, health } = await startTestApp();
    health.setDraining();
    const response = await fetch(url + path);
    expect(response.status).toBe(503);
    expect(await json(response)).toMatchObject({ status: 'unavailable', checks: { draining: 'failing' } });
  });
});

describe('/metrics', () => {
  it('counts requests by method, route pattern and status, never by raw path', async () => {
    const { url } = await startTestApp({
      routes: (app) => {
        app.get('/assets/:name', (_req, res) => void res.json({}));
      },
    });
    await fetch(`${url}/assets/one`);
    await fetch(`${url}/assets/two?x=1`);
    await fetch(`${url}/unknown/three`);
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/assets/:name",status="200"} 2');
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 1');
    expect(text).not.toMatch(/one|two|three/);
  });

  it('is 404 outside the CIDR list, whatever X-Forwarded-For says', async () => {
    const { url } = await startTestApp({ metricsAllowCidrs: ['10.0.0.0/8'], trustedProxies: ['127.0.0.0/8'] });
    const response = await fetch(`${url}/metrics`, { headers: { 'x-forwarded-for': '10.0.0.1' } });
    expect(response.status).toBe(404);
    expect(await json(response)).toMatchObject({ code: 'not_found' });
  });
});

describe('the access log', () => {
  it('has a line per request, without the query string', async () => {
    const { url, logs } = await startTestApp();
    await fetch(`${url}/auth/callback?code=hunter2`);
    expect(logs()).toMatchObject([
      {
        message: 'request',
        level: 'info',
        method: 'GET',
        path: '/auth/callback',
        status: 404,
        ms: expect.any(Number),
        ip: '127.0.0.1',
      },
    ]);
    expect(JSON.stringify(logs())).not.toContain('hunter2');
  });

  it('marks requests whose client went away', async () => {
    const leaving = new AbortController();
    const { url, logs } = await startTestApp({
      routes: (app) => {
        app.get('/slow', () => leaving.abort());
      },
    });
    await expect(fetch(`${url}/slow`, { signal: leaving.signal })).rejects.toThrow();
    while (logs().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(logs()).toMatchObject([{ path: '/slow', status: 499 }]);
  });
});
