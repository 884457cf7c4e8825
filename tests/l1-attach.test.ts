import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, startProcess, type StartedProcess } from '@artdag/testing';
import { call, newAccount } from './lib/api-client.ts';
import { hasPython, startPythonL1, type PythonL1 } from './lib/python-l1.ts';
import { root } from './lib/scripts.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const exampleMain = join(root, 'packages', 'l1-kit', 'dist', 'example', 'main.js');

let suite: StandaloneSuite;
let circles: StartedProcess;
let python: PythonL1 | undefined;

beforeAll(async () => {
  const [circlesPort, pythonPort] = [await freePort(), await freePort()];
  const servers = [circlesPort, pythonPort].map((port) => `http://localhost:${port}`);
  suite = await startStandalone({ env: { L1_SERVERS: servers.join(',') } });
  const l2 = `http://localhost:${new URL(suite.url).port}`;
  circles = await startProcess({
    script: exampleMain,
    // It asks at every request, so that what L2 says counts from the next one on.
    env: { PORT: String(circlesPort), L2_SERVERS: l2, L1_RECHECK_MS: '0' },
    readyLine: /ready at (\S+?),/,
  });
  if (hasPython) python = await startPythonL1(l2, { port: pythonPort });
});
afterAll(async () => {
  await circles?.stop();
  await python?.stop();
  await suite?.remove();
});

/** Attaches as the CLI does, then goes where a browser would be sent. */
async function enter(l1: string, token: string): Promise<{ cookie: string; l1Token: string; status: number }> {
  const attached = await call(suite.url, '/renderers/attach', { token, body: { l1_server: l1 } });
  expect(attached).toMatchObject({ status: 200, body: { l1_server: l1 } });
  const response = await fetch(String(attached.body['auth_url']), { redirect: 'manual' });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return { cookie, l1Token: String(attached.body['token']), status: response.status };
}

const verify = (l1: string, token: string) =>
  call(suite.url, '/auth/verify', { body: { token, l1_server: l1 } }).then(({ status, body }) => [
    status,
    body['code'],
  ]);

describe('the example L1 with a real L2', () => {
  it('lets in who attaches, and renders for them', async () => {
    const { username, token } = await newAccount(suite.url);
    const { cookie, status } = await enter(circles.url, token);
    expect(status).toBe(303);
    const studio = await fetch(`${circles.url}/studio`, { headers: { cookie } });
    expect([studio.status, await studio.text()]).toEqual([200, expect.stringContaining(username)]);
    const run = await fetch(`${circles.url}/runs`, {
      method: 'POST',
      headers: { cookie, origin: circles.url, 'content-type': 'application/json' },
      body: JSON.stringify({ seed: 'first light', circles: 3 }),
    });
    expect(await run.json()).toMatchObject({ status: 'completed', username });
  });

  it('lets out who logs out at L2, from the next request on', async () => {
    const { token } = await newAccount(suite.url);
    const { cookie, l1Token } = await enter(circles.url, token);
    const at = async (): Promise<number> => (await fetch(`${circles.url}/studio`, { headers: { cookie } })).status;
    expect(await at()).toBe(200);
    expect((await call(suite.url, '/auth/logout', { token, method: 'POST' })).status).toBe(200);
    expect(await at()).toBe(401);
    expect(await verify(circles.url, l1Token)).toEqual([401, 'token_revoked']);
    expect((await fetch(`${circles.url}/auth?auth_token=${l1Token}`)).status).toBe(401);
  });

  it('tells L2 when somebody signs out here', async () => {
    const { token } = await newAccount(suite.url);
    const { cookie, l1Token } = await enter(circles.url, token);
    const headers = { cookie, origin: circles.url };
    const out = await fetch(`${circles.url}/auth/logout`, { method: 'POST', headers, redirect: 'manual' });
    expect(out.status).toBe(303);
    expect(await verify(circles.url, l1Token)).toEqual([401, 'token_revoked']);
  });

  it('gains nothing by ignoring a revocation: L2 refuses the token from the next moment on', async () => {
    const { token } = await newAccount(suite.url);
    // An L1 that keeps every token, and asks for it again and again.
    const hoarded = await Promise.all([1, 2, 3].map(() => enter(circles.url, token)));
    for (const { l1Token } of hoarded.slice(-1)) expect((await verify(circles.url, l1Token))[0]).toBe(200);
    expect((await call(suite.url, '/auth/logout', { token, method: 'POST' })).status).toBe(200);
    const after = await Promise.all(hoarded.map(({ l1Token }) => verify(circles.url, l1Token)));
    expect(after).toEqual(hoarded.map(() => [401, 'token_revoked']));
  });
});

if (hasPython) {
  describe('the L1 in Python with a real L2', () => {
    it('lets in who attaches, and takes no token of another L1', async () => {
      const { token } = await newAccount(suite.url);
      const l1 = String(python?.url);
      const { cookie, status, l1Token } = await enter(l1, token);
      expect([status, (await fetch(`${l1}/me`, { headers: { cookie } })).status]).toEqual([303, 200]);
      expect(await verify(circles.url, l1Token)).toEqual([403, 'token_scope_mismatch']);
      expect((await call(suite.url, '/auth/logout', { token, method: 'POST' })).status).toBe(200);
      expect((await fetch(`${l1}/auth?auth_token=${l1Token}`)).status).toBe(401);
    });
  });
}
