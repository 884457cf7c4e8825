import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { csrfTokenOf, type Service } from '@artdag/service-kit';
import { collectLogs } from '@artdag/testing';
import request from 'supertest';
import { jsonAnswer, serverInfo, startGatewayStandIn, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { hastyWrites, startWeb } from '../start-web.testing.ts';

const origin = 'https://l2.example';
const logs = collectLogs();
let gateway: GatewayStandIn;
let web: { url: string; service: Service };
/** Does not wait for what it changes. */
let hasty: { url: string; service: Service };

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url }, { logger: logs.logger });
  hasty = await startWeb({ GATEWAY_URL: gateway.url, ...hastyWrites }, { logger: logs.logger });
});

afterEach(() => {
  gateway.answer = jsonAnswer(serverInfo);
  gateway.routes = {};
  gateway.asked.length = 0;
});

const cookies = ['session_token=s1; HttpOnly; Path=/', 'platform_token=p.1.x; HttpOnly; Path=/', 'device=d1; Path=/'];
const right = { username: 'ada', password: 'correct horse' };
const loggedIn = jsonAnswer({ session_token: 's1' }, 200, { 'set-cookie': cookies });
const refused = jsonAnswer({ detail: 'Invalid credentials', code: 'invalid_credentials' }, 401);

const unanswered = (): undefined => undefined;
const post = (fields: Record<string, string>, url = web.url) =>
  request(url).post('/login').type('form').set('origin', origin).send(fields);

describe('GET /login', () => {
  it('has a labelled form that password managers know, and nothing that is not offered yet', async () => {
    const { text } = await request(web.url).get('/login').expect(200);
    expect(text).toMatch(/<label for="username">[^<]*User name/);
    expect(text).toMatch(/<input[^>]*id="username"[^>]*autocomplete="username"/s);
    expect(text).toMatch(/<input[^>]*type="password"[^>]*autocomplete="current-password"/s);
    expect(text).not.toMatch(/Bluesky|passkey|organisation|_csrf|autofocus/);
    expect(gateway.asked).toEqual([]);
  });

  it.each([
    ['/assets?tag=a&b=%2F', '/assets?tag=a&amp;b=%2F'],
    ['//evil.example', undefined],
    ['https://evil.example', undefined],
    ['/\\evil.example', undefined],
    ['/\t/evil.example', undefined],
    ['javascript:alert(1)', undefined],
    ['', undefined],
  ])('leads back to paths of this origin only: %j', async (returnTo, shown) => {
    const { text } = await request(web.url).get('/login').query({ return_to: returnTo });
    expect(/name="return_to" value="([^"]*)"/.exec(text)?.[1]).toBe(shown);
    expect(text).not.toContain('evil');
  });

  it('tells who is logged in already, and offers to end that', async () => {
    gateway.routes['/auth/me'] = jsonAnswer({ username: 'ada<b>' });
    const { text, headers } = await request(web.url).get('/login').set('cookie', 'session_token=s1');
    expect(text).toContain('This browser is logged in as <strong>ada&lt;b&gt;</strong>');
    expect(text).toContain(`name="_csrf" value="${csrfTokenOf('s1')}"`);
    expect(text).not.toContain('type="password"');
    expect(headers['cache-control']).toBe('no-store');
    expect(gateway.asked).toHaveLength(1);
  });
});

describe('POST /login', () => {
  it('logs in through the API as the visitor, hands every cookie through and goes on', async () => {
    gateway.routes['/auth/login'] = loggedIn;
    const visit = { 'x-request-id': 'visit-2', 'x-forwarded-for': '203.0.113.9', 'user-agent': 'Browser/1' };
    const answer = await post({ ...right, return_to: '/assets?tag=a' }).set({ ...visit, cookie: 'device=d0' });
    expect([answer.status, answer.headers['location']]).toEqual([303, '/assets?tag=a']);
    expect(answer.headers['set-cookie']).toEqual(cookies);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(gateway.asked).toHaveLength(1);
    expect(gateway.asked[0]).toMatchObject({ method: 'POST', path: '/auth/login' });
    expect(gateway.asked[0]?.headers).toMatchObject({
      ...visit,
      cookie: 'device=d0',
      origin,
      'content-type': 'application/json',
    });
    expect(JSON.parse(gateway.asked[0]?.body ?? '')).toEqual(right);
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example/', '/\r\nset-cookie: x=y', '/\u0085'])(
    'goes to the home page instead of %j',
    async (returnTo) => {
      gateway.routes['/auth/login'] = loggedIn;
      const answer = await post({ ...right, return_to: returnTo }).expect(303);
      expect(answer.headers['location']).toBe('/');
    },
  );

  it('goes to the home page instead of what would be too long for a header', async () => {
    gateway.routes['/auth/login'] = loggedIn;
    const answer = await post({ ...right, return_to: `/${'€'.repeat(1300)}` }).expect(303);
    expect(answer.headers['location']).toBe('/');
  });

  it('encodes what a header cannot hold', async () => {
    gateway.routes['/auth/login'] = loggedIn;
    const answer = await post({ ...right, return_to: '/assets/süß \ud800' }).expect(303);
    expect(answer.headers['location']).toMatch(/^\/assets\/s%C3%BC%C3%9F%20/);
  });

  it('shows the form again with the name, without the password, at the field to type in', async () => {
    gateway.routes['/auth/login'] = refused;
    const { status, text, headers } = await post({ username: 'ada"><script>', password: 'wr0ng<pw' });
    expect(status).toBe(401);
    expect(text).toContain('role="alert">The user name or the password is wrong.');
    expect(text).toContain('value="ada&quot;&gt;&lt;script&gt;"');
    expect(text).not.toContain('wr0ng');
    expect(text).toMatch(/<input[^>]*id="password"[^>]*autofocus/s);
    expect(text).toContain('<title>Error: Log in');
    expect(headers['cache-control']).toBe('no-store');
    expect(logs.text()).not.toMatch(/wr0ng|ada/);
  });

  it('asks nobody about an empty form, and opens it at the first field that is missing', async () => {
    const { status, text } = await post({ username: ' ', password: '' });
    expect(status).toBe(401);
    expect(text).toMatch(
      /<input[^>]*id="username"[^>]*aria-describedby="username-error"[^>]*aria-invalid="true"[^>]*autofocus/s,
    );
    expect(text).toContain('id="password-error">Enter your password.');
    expect(text.match(/autofocus/g)).toHaveLength(1);
    expect(gateway.asked).toEqual([]);
  });

  it.each([
    ['a wait', 429, 'too_many_failures', '30', 'Try again in 30 seconds.'],
    ['a long wait', 429, 'too_many_failures', '900', 'Try again in 15 minutes.'],
    ['a disabled account', 403, 'account_disabled', undefined, 'This account is disabled.'],
    ['a failure', 503, 'dependency_unavailable', '5', 'Try again in 5 seconds.'],
    ['a name that can be nobody’s', 422, 'validation_error', undefined, 'The user name or the password is wrong.'],
  ])('tells of %s in words, with the status', async (_what, status, code, retryAfter, words) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    gateway.routes['/auth/login'] = jsonAnswer({ code, detail: [] }, status, headers);
    const answer = await post(right);
    expect(answer.status).toBe(status === 422 ? 401 : status);
    expect(answer.text).toContain(words);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.text).toContain('value="ada"');
  });

  it.each([
    [
      'hangs up',
      (req: { destroy(): void }) => {
        req.destroy();
      },
    ],
    ['never answers', unanswered],
    ['answers no JSON', jsonAnswer('<html>', 502)],
  ])('shows the form again when the gateway %s', async (_what, answer) => {
    gateway.routes['/auth/login'] = answer;
    const { status, text } = await post(right, answer === unanswered ? hasty.url : web.url);
    expect([502, 503]).toContain(status);
    expect(text).toContain('This does not work at the moment.');
    expect(text).toContain('value="ada"');
  });
});

describe('what is not the form of our page', () => {
  const foreign: [string, Record<string, string>][] = [
    ['another site', { origin: 'https://evil.example' }],
    ['a sibling host', { origin: 'https://sibling.l2.example' }],
    ['an origin that hides', { origin: 'null' }],
    ['another scheme', { origin: 'http://l2.example' }],
    ['a site that the browser calls foreign', { 'sec-fetch-site': 'cross-site' }],
    ['a session, with nothing to show for it', { cookie: 'session_token=s1' }],
    ['a session, with the token of another', { cookie: 'session_token=s1; _csrf=x' }],
  ];

  it.each(foreign)('from %s: 403 as a page, and the API is not asked to log in', async (_what, headers) => {
    gateway.routes['/auth/login'] = loggedIn;
    gateway.routes['/auth/me'] = jsonAnswer({}, 401);
    const body = { ...right, _csrf: csrfTokenOf('another') };
    const answer = await request(web.url).post('/login').type('form').set(headers).send(body);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('<h1>Request refused</h1>');
    expect(answer.text).toContain('Error csrf');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(gateway.asked.filter(({ path }) => path !== '/auth/me')).toEqual([]);
  });

  const planted = 'session_token=planted';
  it.each([
    ['names itself', { origin: 'https://sibling.l2.example', cookie: planted }],
    ['is called same-site', { origin: 'null', 'sec-fetch-site': 'same-site', cookie: planted }],
    ['is called cross-site', { 'sec-fetch-site': 'cross-site', cookie: planted }],
    ['put its cookie before ours', { origin: 'null', cookie: `${planted}; session_token=s1` }],
    ['put its cookie behind ours', { origin: 'null', cookie: `session_token=s1; ${planted}` }],
  ])('from a sibling that planted a cookie, whose token it can make, and %s: 403', async (_what, headers) => {
    gateway.routes['/auth/login'] = loggedIn;
    gateway.routes['/auth/me'] = jsonAnswer({}, 401);
    const body = { ...right, _csrf: csrfTokenOf('planted') };
    const answer = await request(web.url).post('/login').type('form').set(headers).send(body);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
    expect(gateway.asked.filter(({ path }) => path !== '/auth/me')).toEqual([]);
  });

  it.each([
    ['the token of the session', { cookie: 'session_token=s1' }, csrfTokenOf('s1')],
    [
      'a browser that calls it same-origin',
      { cookie: 'session_token=s1', 'sec-fetch-site': 'same-origin', origin: 'null' },
      '',
    ],
    ['no session and no browser', {}, ''],
  ])('passes with %s, also at the API', async (_what, headers, token) => {
    gateway.routes['/auth/login'] = loggedIn;
    await request(web.url)
      .post('/login')
      .type('form')
      .set(headers)
      .send({ ...right, _csrf: token })
      .expect(303);
    expect(gateway.asked[0]?.headers['sec-fetch-site']).toBe('same-origin');
  });

  it.each([
    ['JSON', 415, (r: request.Test) => r.send(right)],
    ['an upload', 415, (r: request.Test) => r.field('username', 'ada')],
    ['a book', 413, (r: request.Test) => r.type('form').send({ ...right, more: 'x'.repeat(20_000) })],
    ['nothing at all', 415, (r: request.Test) => r],
  ])('%s is answered %d with a page', async (_what, status, send) => {
    const answer = await send(request(web.url).post('/login').set('origin', origin));
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(gateway.asked).toEqual([]);
  });

  it('another method is answered 405 with a page', async () => {
    const answer = await request(web.url).put('/login').expect(405);
    expect(answer.headers['allow']).toBe('GET, HEAD, POST');
  });
});
