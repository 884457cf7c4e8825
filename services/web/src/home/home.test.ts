import { execFileSync } from 'node:child_process';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Service } from '@artdag/service-kit';
import { collectLogs, freePort, quietLogger } from '@artdag/testing';
import request from 'supertest';
import { assetList } from '../assets/assets.testing.ts';
import { expectHarmless } from '../hostile.testing.ts';
import { jsonAnswer, serverInfo, startGatewayStandIn, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { hastyReads, startWeb } from '../start-web.testing.ts';
import { firstClaimCommands } from './first-claim.ts';

const unavailable = 'The counts cannot be shown at the moment.';
let gateway: GatewayStandIn;
let web: { url: string; service: Service };
/** Waits for nobody. */
let hasty: { url: string; service: Service };

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url }, { logger: quietLogger() });
  hasty = await startWeb({ GATEWAY_URL: gateway.url, ...hastyReads }, { logger: quietLogger() });
});

beforeEach(() => {
  gateway.answer = jsonAnswer(serverInfo);
  gateway.asked.length = 0;
});

const unanswered = (): undefined => undefined;
const home = (url = web.url) => request(url).get('/').set('accept', 'text/html').expect(200);

/** Labels and values of the numbers, without the markup. */
function countsOf(page: string): [string, string][] {
  return [...page.matchAll(/<dt>(.*?)<\/dt>\s*<dd>(.*?)<\/dd>/gs)].map(([, label = '', value = '']) => [label, value]);
}

describe('GET /', () => {
  it('shows what the site is, how to claim, where to look, and the live counts', async () => {
    const { text } = await home();
    expect(countsOf(text)).toEqual([
      ['Assets', '1,234,567'],
      ['Signed activities', '42'],
      ['Users', '7'],
      ['Followers of @giles', '0'],
    ]);
    expect(text).toContain('<h1>Art DAG L2</h1>');
    expect(text).toContain('L2=https://l2.example\n');
    expect(text).toContain('<a href="/download/client">');
    for (const path of ['/assets', '/activities', '/users', '/docs'])
      expect(text).toMatch(new RegExp(`<a href="${path}"\\s*>`));
    expect(text).not.toContain(unavailable);
  });

  it('asks the gateway for JSON each time, with the request id and the address of the visitor, not the cookie', async () => {
    const headers = { 'x-request-id': 'visit-1', 'x-forwarded-for': '203.0.113.9', cookie: 'session_token=secret' };
    await home().set(headers);
    gateway.answer = jsonAnswer({ ...serverInfo, assets: 1234568 });
    expect((await home()).text).toContain('1,234,568');
    const asked = gateway.asked.filter(({ path }) => path === '/');
    expect(asked).toHaveLength(2);
    expect(asked[0]?.headers).toMatchObject({
      accept: 'application/json',
      'x-request-id': 'visit-1',
      'x-forwarded-for': '203.0.113.9',
    });
    expect(asked[0]?.headers).not.toHaveProperty('cookie');
  });

  it('escapes whatever the gateway says', async () => {
    const hostile = `</dd></style><script>alert("x")</script><img src=x onerror='y'>&amp;`;
    gateway.answer = jsonAnswer({ ...serverInfo, domain: hostile, version: hostile, default_user: hostile });
    const { text } = await home();
    expectHarmless(text);
    expect(text).not.toContain('<script>');
    const escaped =
      '&lt;/dd&gt;&lt;/style&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&lt;img src=x onerror=&#39;y&#39;&gt;&amp;amp;';
    expect(text.split(escaped)).toHaveLength(4);
  });

  it('shows the latest claims, and the README without what is not served here', async () => {
    gateway.routes = { '/assets?limit=6': jsonAnswer(assetList) };
    const { text } = await home();
    gateway.routes = {};
    expect(text).toMatch(/<h2>Latest claims<\/h2>.*<a href="\/asset\/my-video">my-video<\/a>/s);
    expect(text).toMatch(/<section class="readme".*<h2>Two commands<\/h2>/s);
    expect(text).not.toMatch(/href="docs\/|<img/);
    expect(text.match(/<h1/g)).toHaveLength(1);
  });

  it('says so when nothing has been claimed yet', async () => {
    gateway.routes = { '/assets?limit=6': jsonAnswer({ ...assetList, assets: [], total: 0 }) };
    const { text } = await home();
    gateway.routes = {};
    expect(text).toContain('Nothing has been registered yet.');
  });

  it('shows the other counts when one is not there', async () => {
    gateway.answer = jsonAnswer({ ...serverInfo, users: null });
    const counts = countsOf((await home()).text);
    expect(counts[0]).toEqual(['Assets', '1,234,567']);
    expect(counts[2]).toEqual(['Users', 'not available']);
  });

  it.each([
    ['answers 503', jsonAnswer({ code: 'dependency_unavailable' }, 503)],
    ['redirects', jsonAnswer('', 302)],
    ['answers something else than JSON', jsonAnswer('<html></html>')],
    ['answers another JSON', jsonAnswer({ ...serverInfo, assets: '<b>7</b>' })],
    ['answers null', jsonAnswer('null')],
    ['hangs up', (req: { destroy(): void }) => req.destroy()],
    ['never answers', unanswered],
  ])('is there, without counts, when the gateway %s', async (_what, answer) => {
    gateway.answer = answer;
    const { text } = await home(answer === unanswered ? hasty.url : web.url);
    expect(text).toContain(unavailable);
    expect(text).toContain('<h1>Art DAG L2</h1>');
    expect(text).not.toContain('<dd>');
  });

  it('is there, and says why in the log, when there is no gateway', async () => {
    const logs = collectLogs();
    const GATEWAY_URL = `http://127.0.0.1:${await freePort()}`;
    const alone = await startWeb({ GATEWAY_URL }, { logger: logs.logger });
    const answer = await request(alone.url).get('/');
    await alone.service.close();
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(unavailable);
    expect(logs.text()).toContain('A part of a page could not be read.');
  });
});

describe('the commands for a first claim', () => {
  it('are a shell script that parses, with JSON in it that parses', () => {
    const script = firstClaimCommands('https://l2.example');
    execFileSync('sh', ['-n'], { input: script });
    const bodies = [...script.matchAll(/-d '(.*)'/g)].map(([, body = '']) => JSON.parse(body.replace(`'$HASH'`, '00')));
    expect(bodies.map(Object.keys)).toEqual([
      ['username', 'password'],
      ['name', 'content_hash', 'asset_type'],
    ]);
  });
});
