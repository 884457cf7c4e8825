import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cookieOf } from '../src/l1.testing.ts';
import { startStandInL2, type StandInL2 } from '../src/stand-in-l2.testing.ts';
import { createExample } from './app.ts';
import { loadConfig } from './config.ts';
import { render } from './render.ts';

let l2: StandInL2;
let server: Server;
let url = '';
let cookie = '';

beforeAll(async () => {
  l2 = await startStandInL2(() => url);
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', createExample({ ...loadConfig({}), publicUrl: url, l2Servers: [l2.url] }));
  cookie = cookieOf(await fetch(`${url}/auth?auth_token=${l2.mint('giles', url).token}`, { redirect: 'manual' }));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await l2.close();
});

const start = (body: unknown, headers: Record<string, string> = { cookie, origin: url }) =>
  fetch(`${url}/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    redirect: 'manual',
  });

describe('the example L1', () => {
  it('renders the same bytes from the same recipe', () => {
    const recipe = { seed: 'first light', circles: 3 };
    expect(render(recipe)).toEqual(render({ ...recipe }));
    expect(render(recipe)).not.toEqual(render({ ...recipe, circles: 4 }));
  });

  it('runs a recipe, and shows the run as L2 reads it, to anybody', async () => {
    const started = await start({ seed: 'first light', circles: 5 });
    expect(started.status).toBe(201);
    const path = String(started.headers.get('location'));
    const document = (await (await fetch(`${url}${path}`)).json()) as Record<string, unknown>;
    const output = Buffer.from(await (await fetch(`${url}${path}/output`)).arrayBuffer());
    expect(document).toMatchObject({
      run_id: path.slice('/runs/'.length),
      status: 'completed',
      recipe: { seed: 'first light', circles: 5 },
      inputs: [],
      output_hash: createHash('sha3-256').update(output).digest('hex'),
      asset_type: 'image',
      username: 'giles',
      actor_id: 'user:giles',
    });
  });

  it('has a page to start a run on', async () => {
    const form = await fetch(`${url}/runs`, {
      method: 'POST',
      headers: { cookie, origin: url },
      body: new URLSearchParams({ seed: 'a <b>', circles: '2' }),
      redirect: 'manual',
    });
    expect([form.status, form.headers.get('location')]).toEqual([303, '/studio']);
    const page = await (await fetch(`${url}/studio`, { headers: { cookie } })).text();
    expect(page).toContain('GILES (giles of ');
    expect(page).toMatch(/<img src="\/runs\/[0-9a-f-]{36}\/output"/);
  });

  it('lets nobody in who is not signed in, and takes nothing from other sites', async () => {
    expect((await start({ seed: 'x', circles: 1 }, { origin: url })).status).toBe(401);
    expect((await start({ seed: 'x', circles: 1 }, { cookie, origin: 'https://evil.example' })).status).toBe(403);
    const page = await fetch(`${url}/studio`, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
    expect(await (await fetch(`${url}/`)).text()).toContain(`href="${l2.url}/renderers"`);
  });

  it.each([[{}], [{ seed: '', circles: 1 }], [{ seed: 'x', circles: 0 }], [{ seed: 'x', circles: 65 }], [[1]]])(
    'answers 422 to %j',
    async (body) => {
      expect((await start(body)).status).toBe(422);
    },
  );

  it('answers 400 to no JSON, 404 to unknown runs', async () => {
    const broken = await fetch(`${url}/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, origin: url },
      body: '{',
    });
    expect(broken.status).toBe(400);
    for (const path of ['/runs/none', '/runs/none/output', '/nowhere'])
      expect((await fetch(url + path)).status).toBe(404);
  });
});
