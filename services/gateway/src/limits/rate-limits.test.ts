import { afterEach, describe, expect, it } from '@jest/globals';
import { createMemoryStore, KeyValueError } from '@artdag/key-value';
import { quietLogger, accessToken, makeRingKey } from '@artdag/testing';
import { sessionAnswer, sessionToken } from '../callers.testing.ts';
import type { Harness, HarnessOptions } from '../harness.testing.ts';
import type { RawAnswer } from '../raw-http.testing.ts';
import type { Limits } from './buckets.ts';
import { of, send, startLimited, statuses } from './limited-gateway.testing.ts';

let gateway: Harness;
afterEach(() => gateway.close());

async function start(limits: Partial<Limits>, o: Partial<HarnessOptions> = {}): Promise<void> {
  gateway = await startLimited(limits, { logger: quietLogger(), ...o });
}
const get = (path: string, lines?: string[]): Promise<RawAnswer> => send(gateway, path, lines);
const post = (path: string, lines?: string[]): Promise<RawAnswer> => send(gateway, path, lines, 'POST');

describe('anonymous callers', () => {
  it('are answered 429 past the limit of their address, told when to come back, and counted', async () => {
    await start({ anonymous: 4 });
    expect(await statuses(4, () => get('/assets'))).toEqual(of(4, 200));
    const refused = await get('/users');
    expect(refused.status).toBe(429);
    expect(JSON.parse(refused.body)).toEqual({
      detail: expect.stringMatching(/^Too many requests; try again in \d+ s\.$/),
      code: 'rate_limited',
      request_id: expect.any(String),
    });
    const { headers } = refused;
    expect(headers).toMatchObject({ 'ratelimit-limit': '4', 'ratelimit-remaining': '0' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(120);
    expect(headers['ratelimit-reset']).toBe(headers['retry-after']);
    expect(gateway.seen).toHaveLength(4);
    const { body } = await get('/metrics');
    expect(body).toContain('rate_limited_total{bucket="anonymous"} 1');
  });

  it('are let in again when they were told, not before', async () => {
    let now = new Date(2_000_000_000_000);
    const store = createMemoryStore({ now: () => now.getTime() });
    await start({ anonymous: 4 }, { overrides: { now: () => now, store } });
    await statuses(4, () => get('/assets'));
    const seconds = Number((await get('/assets')).headers['retry-after']);
    now = new Date(now.getTime() + (seconds - 1) * 1000 - 50);
    expect((await get('/assets')).status).toBe(429);
    now = new Date(now.getTime() + 1050);
    expect((await get('/assets')).status).toBe(200);
  });

  it('count by what they send as well: a bad token costs a request, and ends in 429', async () => {
    await start({ anonymous: 3 });
    const guess = (): Promise<RawAnswer> => get('/auth/me', ['Authorization: Bearer guessed']);
    expect(await statuses(3, guess)).toEqual(of(3, 401));
    expect((await guess()).status).toBe(429);
    expect((await get('/assets')).status).toBe(429);
  });

  it('are limited at the gateway’s own routes, but for probes and metrics', async () => {
    await start({ anonymous: 2 });
    expect(await statuses(3, () => get('/openapi.json'))).toEqual([200, 200, 429]);
    for (const path of ['/healthz', '/readyz', '/v1/ready', '/metrics'])
      expect(await statuses(5, () => get(path))).toEqual(of(5, 200));
  });
});

describe('callers with a credential', () => {
  it('count by actor, whatever their address and credential, apart from anonymous ones', async () => {
    await start({ anonymous: 1, actor: 4 }, { config: { trustedProxies: ['127.0.0.0/8'] } });
    gateway.auth.sessions.set(sessionToken, sessionAnswer());
    const token = accessToken(gateway.auth.ring[0] ?? makeRingKey('none'));
    const by = (credential: string, address: string) => () =>
      get('/assets', [`Authorization: Bearer ${credential}`, `X-Forwarded-For: ${address}`]);
    expect(await statuses(2, by(token, '192.0.2.1'))).toEqual([200, 200]);
    expect(await statuses(3, by(sessionToken, '192.0.2.2'))).toEqual([200, 200, 429]);
    expect(await statuses(2, () => get('/assets', ['X-Forwarded-For: 192.0.2.1']))).toEqual([200, 429]);
  });

  it('that are agents have a limit of their own', async () => {
    await start({ actor: 1, agent: 3 });
    const claims = { sub: 'agent:renderer', username: 'renderer' };
    const token = accessToken(gateway.auth.ring[0] ?? makeRingKey('none'), { claims });
    expect(await statuses(4, () => get('/assets', [`Authorization: Bearer ${token}`]))).toEqual([200, 200, 200, 429]);
  });
});

describe('what creates a session', () => {
  it('is limited by address on top, all of it in one bucket', async () => {
    await start({ session: 3, anonymous: 100 });
    expect(await statuses(2, () => post('/auth/login'))).toEqual([200, 200]);
    expect(await statuses(2, () => post('/auth/register'))).toEqual([200, 429]);
    const refused = await post('/auth/login');
    expect([refused.status, refused.headers['ratelimit-limit']]).toEqual([429, '3']);
    expect((await get('/assets')).status).toBe(200);
  });

  it('counts for the strictest bucket, and a refused request counts nowhere', async () => {
    await start({ session: 2, anonymous: 4 });
    expect(await statuses(6, () => post('/auth/login'))).toEqual([200, 200, ...of(4, 429)]);
    expect(await statuses(3, () => get('/assets'))).toEqual([200, 200, 429]);
  });

  it('is not a refresh, a logout or a page', async () => {
    await start({ session: 1 });
    for (const path of ['/auth/refresh', '/auth/logout'])
      expect(await statuses(3, () => post(path))).toEqual(of(3, 200));
    expect(await statuses(3, () => get('/login'))).toEqual(of(3, 200));
  });
});

describe('inboxes', () => {
  it('have a limit of their own and are in no other', async () => {
    await start({ anonymous: 1, inbox: 3 });
    expect(await statuses(4, () => post('/users/giles/inbox'))).toEqual([200, 200, 200, 429]);
    expect((await post('/inbox')).status).toBe(429);
    expect((await get('/assets')).status).toBe(200);
  });
});

describe('the log', () => {
  it('has a limit of its own for who reads it whole, and is in no other', async () => {
    await start({ anonymous: 1, log: 3 });
    expect(await statuses(3, () => get('/log/tile/0/000'))).toEqual([200, 200, 200]);
    expect((await get('/log/checkpoint')).status).toBe(429);
    expect((await get('/assets')).status).toBe(200);
  });
});

describe('the address', () => {
  const from = (address: string) => () => get('/assets', [`X-Forwarded-For: ${address}`]);

  it('is the connection’s, whatever a stranger writes', async () => {
    await start({ anonymous: 2 });
    expect(await statuses(2, from('192.0.2.1'))).toEqual([200, 200]);
    expect((await from('192.0.2.2')()).status).toBe(429);
    expect((await get('/assets', ['Forwarded: for=192.0.2.3', 'X-Real-IP: 192.0.2.3'])).status).toBe(429);
  });

  it('is what a trusted proxy says, read from the right', async () => {
    await start({ anonymous: 2 }, { config: { trustedProxies: ['127.0.0.0/8'] } });
    expect(await statuses(3, from('192.0.2.1'))).toEqual([200, 200, 429]);
    expect((await from('192.0.2.9, 192.0.2.1')()).status).toBe(429);
    expect((await from('192.0.2.1, 192.0.2.9')()).status).toBe(200);
  });

  it('is an IPv6 /64', async () => {
    await start({ anonymous: 2 }, { config: { trustedProxies: ['127.0.0.0/8'] } });
    expect((await from('2001:db8:1:2::1')()).status).toBe(200);
    expect((await from('2001:db8:1:2:ffff::2')()).status).toBe(200);
    expect((await from('2001:db8:1:2:3:4:5:6')()).status).toBe(429);
    expect((await from('2001:db8:1:3::1')()).status).toBe(200);
  });
});

it('lets everybody in where a limit is off', async () => {
  await start({});
  expect(await statuses(50, () => post('/auth/login'))).toEqual(of(50, 200));
});

it('goes on by itself when the store is away', async () => {
  const store = createMemoryStore();
  const away = Object.assign({}, store, {
    countInWindows: () => Promise.reject(new KeyValueError('away')),
  });
  await start({ anonymous: 3, session: 2 }, { overrides: { store: away } });
  expect(await statuses(4, () => get('/assets'))).toEqual([200, 200, 200, 429]);
});
