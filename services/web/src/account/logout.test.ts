import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { csrfTokenOf, type Service } from '@artdag/service-kit';
import { quietLogger } from '@artdag/testing';
import request from 'supertest';
import { jsonAnswer, serverInfo, startGatewayStandIn, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { hastyWrites, startWeb } from '../start-web.testing.ts';

const origin = 'https://l2.example';
const cookie = 'session_token=s1; platform_token=p1';
const clearing = ['session_token=; Max-Age=0; Path=/', 'platform_token=; Max-Age=0; Path=/'];
const loggedOut = jsonAnswer({ status: 'logged_out' }, 200, { 'set-cookie': clearing });
let gateway: GatewayStandIn;
let web: { url: string; service: Service };
/** Does not wait for what it changes. */
let hasty: { url: string; service: Service };

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url }, { logger: quietLogger() });
  hasty = await startWeb({ GATEWAY_URL: gateway.url, ...hastyWrites }, { logger: quietLogger() });
});

afterEach(() => {
  gateway.answer = jsonAnswer(serverInfo);
  gateway.routes = {};
  gateway.asked.length = 0;
});

const unanswered = (): undefined => undefined;
const logoutCalls = () => gateway.asked.filter(({ path }) => path === '/auth/logout');

describe('GET /logout', () => {
  it.each(['none', 'same-origin', 'same-site', undefined])(
    'ends the session through the API and goes home (Sec-Fetch-Site: %s)',
    async (site) => {
      gateway.routes['/auth/logout'] = loggedOut;
      const headers = site === undefined ? { cookie } : { cookie, 'sec-fetch-site': site };
      const answer = await request(web.url).get('/logout').set(headers);
      expect([answer.status, answer.headers['location']]).toEqual([303, '/']);
      expect(answer.headers['set-cookie']).toEqual(clearing);
      expect(logoutCalls()).toHaveLength(1);
      expect(logoutCalls()[0]).toMatchObject({ method: 'POST', body: '{}' });
      // A page that is looked at has no Origin: web, having checked, vouches for it, whichever cookie it is that counts.
      expect(logoutCalls()[0]?.headers).toMatchObject({ cookie, 'sec-fetch-site': 'same-origin' });
    },
  );

  it.each([{ 'sec-fetch-site': 'cross-site' }, { 'sec-purpose': 'prefetch;prerender' }])(
    'asks first when nobody here wanted it: %j',
    async (headers) => {
      gateway.routes['/auth/me'] = jsonAnswer({ username: 'ada' });
      const { text } = await request(web.url)
        .get('/logout')
        .set({ cookie, ...headers })
        .expect(200);
      expect(text).toContain('<h1>Log out?</h1>');
      expect(text).toContain('<form method="post" action="/logout">');
      expect(text).toContain(csrfTokenOf('s1'));
      expect(logoutCalls()).toEqual([]);
    },
  );

  it('goes home when the session has ended before, and clears what is left of it', async () => {
    gateway.routes['/auth/logout'] = jsonAnswer({ code: 'unauthorized' }, 401, { 'set-cookie': clearing });
    const answer = await request(web.url).get('/logout').set({ cookie }).expect(303);
    expect(answer.headers['set-cookie']).toEqual(clearing);
  });

  it('asks nobody for a visitor without a session', async () => {
    await request(web.url).get('/logout').set('cookie', 'device=d1').expect(303);
    expect(gateway.asked).toEqual([]);
  });

  it.each([
    ['refuses', jsonAnswer({ code: 'revocation_unavailable' }, 503, { 'retry-after': '2' }), 503],
    ['never answers', unanswered, 503],
    ['answers something else', jsonAnswer('', 302), 502],
  ])('says that one is still logged in when the API %s', async (_what, answer, status) => {
    gateway.routes['/auth/logout'] = answer;
    gateway.routes['/auth/me'] = jsonAnswer({ username: 'ada' });
    const { url } = answer === unanswered ? hasty : web;
    const { text, headers } = await request(url).get('/logout').set({ cookie }).expect(status);
    expect(text).toContain('<h1>You are still logged in</h1>');
    expect(headers['retry-after']).toBeDefined();
    expect(headers['set-cookie']).toBeUndefined();
  });
});

describe('POST /logout', () => {
  const post = (headers: Record<string, string>, form = {}) =>
    request(web.url)
      .post('/logout')
      .type('form')
      .set({ cookie, ...headers })
      .send(form);

  it.each([
    ['its origin', { origin }, {}],
    ['the token', {}, { _csrf: csrfTokenOf('s1') }],
  ])('logs out with %s', async (_what, headers, form) => {
    gateway.routes['/auth/logout'] = loggedOut;
    const answer = await post(headers, form).expect(303);
    expect(answer.headers['location']).toBe('/');
    expect(answer.headers['set-cookie']).toEqual(clearing);
  });

  it.each([{ origin: 'https://evil.example' }, {}])('does nothing for the form of another site %j', async (headers) => {
    gateway.routes['/auth/me'] = jsonAnswer({ username: 'ada' });
    const { text } = await post(headers).expect(403);
    expect(text).toContain('Error csrf');
    expect(logoutCalls()).toEqual([]);
  });
});
