import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Service } from '@artdag/service-kit';
import { quietLogger } from '@artdag/testing';
import request from 'supertest';
import type { PageCase } from './page-case.testing.ts';
import { pageCases } from './page-cases.testing.ts';
import { renderer } from './renderers/renderers.testing.ts';
import { jsonAnswer, startGatewayStandIn, type GatewayStandIn } from './gateway-stand-in.testing.ts';
import { expectHarmless, hostileTexts, poisoned } from './hostile.testing.ts';
import { hastyReads, startWeb } from './start-web.testing.ts';

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
  gateway.answer = jsonAnswer({ detail: 'Not Found', code: 'not_found' }, 404);
  gateway.asked.length = 0;
});

const visit = (path: string, headers: Record<string, string> = {}, url = web.url) =>
  request(url).get(path).set('accept', 'text/html').set(headers);

function answer(api: Record<string, unknown>): void {
  gateway.routes = Object.fromEntries(Object.entries(api).map(([path, body]) => [path, jsonAnswer(body)]));
}

const unanswered = (): undefined => undefined;
const cases = pageCases.map((page): [string, PageCase] => [page.path, page]);

describe.each(cases)('%s', (path, { needs, api, shows, isOwn }) => {
  const look = (url = web.url) => visit(path, isOwn ? { cookie: 'session_token=secret' } : {}, url);
  beforeEach(() => answer(api));

  it('shows what the API has, in a page that varies', async () => {
    const { text, headers } = await look().expect(200);
    for (const shown of shows) expect(text.replace(/\s+/g, ' ')).toContain(shown);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['vary']).toBe('Accept, Cookie');
    expect(headers['cache-control']).toBe(
      /^.(storage|renderers|account)/.test(path) ? 'no-store' : 'private, no-cache',
    );
    expect(text.match(/<h1[ >]/g)).toHaveLength(1);
    expect(gateway.asked.map((asked) => asked.path).sort()).toEqual(Object.keys(api).sort());
  });

  it('is not sent again to who has it, unless nothing may keep it', async () => {
    const { text, headers } = await look().expect(200);
    const { etag } = headers;
    if (headers['cache-control'] === 'no-store') {
      expect(etag).toBeUndefined();
      return;
    }
    const again = await look().set('if-none-match', `"x", W/${etag}`).expect(304);
    expect(again.text).toBe('');
    for (const name of ['etag', 'vary', 'cache-control', 'content-security-policy'])
      expect([name, again.headers[name]]).toEqual([name, headers[name]]);
    expect((await look().set('if-none-match', '"x"').expect(200)).text).toBe(text);
    const asSomebody = await look()
      .set({ 'if-none-match': etag ?? '', cookie: 'session_token=secret' })
      .expect(200);
    expect(asSomebody.headers['etag']).toBeUndefined();
  });

  it.each([
    ['404', jsonAnswer({ code: 'not_found' }, 404), 404, 'Page not found'],
    ['410', jsonAnswer({ type: 'Tombstone' }, 410), 410, 'No longer here'],
    [
      '422',
      jsonAnswer({ detail: [{ loc: ['query', 'sort'], msg: 'Wants <b>.', type: 'x' }] }, 422),
      400,
      'sort: Wants &lt;b&gt;.',
    ],
    ['429', jsonAnswer({ code: 'rate_limited' }, 429, { 'retry-after': '7' }), 429, 'Too many requests'],
    ['500', jsonAnswer({ code: 'internal_error' }, 500), 503, 'Not available at the moment'],
    ['503', jsonAnswer({ code: 'dependency_unavailable' }, 503), 503, 'Not available at the moment'],
    ['something else', jsonAnswer({ surprise: true }), 503, 'Not available at the moment'],
    ['no JSON', jsonAnswer('<html></html>'), 503, 'Not available at the moment'],
    ['nothing at all', unanswered, 503, 'Not available at the moment'],
  ])('is an error page when the API answers %s', async (_what, api, status, says) => {
    gateway.routes[needs] = api;
    // Who the visitor is, is left open by whatever is no answer to that.
    const [wanted, words] = needs === '/auth/me' ? [503, 'Not available at the moment'] : [status, says];
    const { text, headers } = await look(api === unanswered ? hasty.url : web.url).expect(wanted);
    expect(text).toContain(words);
    expect(text).toContain('<a class="brand" href="/">');
    if (wanted === 429) expect(headers['retry-after']).toBe('7');
    if (wanted === 503) expect(headers['retry-after']).toBe('5');
  });

  it('is there without those parts that the API does not have at the moment', async () => {
    gateway.answer = jsonAnswer({ code: 'dependency_unavailable' }, 503);
    const essential = path === '/storage?id=sto_1' || isOwn ? Object.keys(api) : [needs];
    answer(Object.fromEntries(essential.map((at) => [at, api[at]])));
    await look().expect(200);
  });

  it('lets nothing run or mislead that a stranger has written, in whatever field', async () => {
    // What the page is found by.
    const kept = new Set(/^.account.*(\?id=|keys)/.test(path) ? ['id', 'key_id', 'expires_at', 'username'] : []);
    for (const text of hostileTexts) {
      const bad = Object.fromEntries(Object.entries(api).map(([at, body]) => [at, poisoned(body, text, kept)]));
      // What the page needs to be one: the address of an actor is a URL, or there is no page.
      if (path === '/users/giles')
        Object.assign(bad[needs] as object, { id: 'https://l2.example/users/giles', preferredUsername: 'giles' });
      if (path.startsWith('/objects/'))
        Object.assign(bad[needs] as object, { contentHash: { value: path.slice('/objects/'.length) } });
      // An L1 without a URL is none.
      if (path === '/renderers') bad[needs] = { renderers: [{ ...renderer, name: text }] };
      answer(bad);
      const page = await look();
      expect([text, page.status]).toEqual([text, 200]);
      expectHarmless(page.text);
    }
  });
});

describe('pages for somebody', () => {
  const own = pageCases.filter(({ isOwn }) => isOwn).map((page) => page.path);
  it.each(['/storage', '/storage?id=sto_1', '/storage?id=sto_1&copy=00', ...own])(
    '%s leads a stranger to the login, and back',
    async (path) => {
      gateway.routes = {};
      gateway.answer = jsonAnswer({ code: 'unauthorized' }, 401);
      const { headers } = await visit(path).expect(303);
      expect(headers['location']).toBe(`/login?return_to=${encodeURIComponent(path)}`);
      expect(headers['cache-control']).toBe('no-store');
    },
  );
});

describe('pages that have no JSON at their address', () => {
  it.each(['/asset/my-video', '/activity/0'])('%s is 406 for who takes no HTML', async (path) => {
    const { body, headers } = await request(web.url).get(path).set('accept', 'application/json').expect(406);
    expect(body).toMatchObject({ code: 'not_acceptable' });
    expect(headers['content-type']).toContain('application/json');
  });

  it.each(['*/*', 'text/*', 'text/html;q=0.1'])('are there for who accepts %s', async (accept) => {
    answer(pageCases[1]?.api ?? {});
    await request(web.url).get('/asset/my-video').set('accept', accept).expect(200);
  });
});

describe('addresses', () => {
  it.each([
    '/asset/%00',
    '/asset/a%2Fb',
    '/asset/%F0%9F%8E%A8',
    '/users/..%2F..%2Fauth%2Fme',
    '/activity/%3Fa=1',
    '/objects/%23',
  ])('of %s are asked for as one name, never as another path', async (path) => {
    await visit(path).expect(404);
    const [, kind = '', name = ''] = path.split('/');
    const collection = { asset: 'assets', activity: 'activities' }[kind] ?? kind;
    expect(gateway.asked.map((asked) => asked.path)).toContain(
      `/${collection}/${encodeURIComponent(decodeURIComponent(name))}`,
    );
  });
});
