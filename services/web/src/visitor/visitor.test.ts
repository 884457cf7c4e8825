import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { csrfTokenOf, type Service } from '@artdag/service-kit';
import { collectLogs } from '@artdag/testing';
import request from 'supertest';
import { jsonAnswer, serverInfo, startGatewayStandIn, type GatewayStandIn } from '../gateway-stand-in.testing.ts';
import { hastyReads, startWeb } from '../start-web.testing.ts';

const logs = collectLogs();
let gateway: GatewayStandIn;
let web: { url: string; service: Service };
/** Waits for nobody. */
let hasty: { url: string; service: Service };

beforeAll(async () => {
  gateway = await startGatewayStandIn();
  web = await startWeb({ GATEWAY_URL: gateway.url }, { logger: logs.logger });
  hasty = await startWeb({ GATEWAY_URL: gateway.url, ...hastyReads }, { logger: logs.logger });
});

afterEach(() => {
  gateway.routes = {};
  gateway.asked.length = 0;
});

const headOf = (page: string): string => /<nav.*<\/nav>/s.exec(page)?.[0] ?? '';
const unanswered = (): undefined => undefined;
const visit = (path: string, cookie?: string, url = web.url) =>
  request(url)
    .get(path)
    .set(cookie === undefined ? {} : { cookie });
const meCalls = () => gateway.asked.filter(({ path }) => path === '/auth/me');

describe('the head of every page', () => {
  it.each(['/', '/nowhere', '/register'])(
    '%s offers strangers to log in and to register, and asks nobody',
    async (path) => {
      const { text } = await visit(path, 'other=1; xsession_token=no; device=d');
      expect(headOf(text)).toContain('<a href="/login">Log in</a> <a href="/register">Register</a>');
      expect(meCalls()).toEqual([]);
    },
  );

  it.each(['/', '/nowhere', '/login'])('%s names who is logged in, asked once, and is not kept', async (path) => {
    serverInfoAt('/');
    gateway.routes['/auth/me'] = jsonAnswer({ username: 'ada<', display_name: 'Ada' });
    const { text, headers } = await visit(path, 'a=b; platform_token=x.y.z').set('x-forwarded-for', '203.0.113.9');
    expect(headOf(text)).toContain('<strong>ada&lt;</strong>');
    expect(headOf(text)).toContain(`value="${csrfTokenOf('x.y.z')}"`);
    expect(headOf(text)).toContain('Log out');
    expect(headOf(text)).not.toContain('Register');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['vary']).toBe('Accept, Cookie');
    expect(meCalls()).toHaveLength(1);
    expect(meCalls()[0]?.headers).toMatchObject({
      cookie: 'a=b; platform_token=x.y.z',
      'x-forwarded-for': '203.0.113.9',
    });
  });

  it('takes a session that has ended for none', async () => {
    gateway.routes['/auth/me'] = jsonAnswer({ code: 'unauthorized' }, 401);
    expect(headOf((await visit('/nowhere', 'session_token=old')).text)).toContain('Register');
  });

  it.each([
    ['fails', jsonAnswer({}, 503)],
    ['never answers', unanswered],
    ['answers something else', jsonAnswer({ name: 'x' })],
  ])('claims nothing when the gateway %s, and the page is there', async (_what, answer) => {
    gateway.routes['/auth/me'] = answer;
    const { status, text, headers } = await visit(
      '/',
      'session_token=secret-of-ada',
      answer === unanswered ? hasty.url : web.url,
    );
    expect(status).toBe(200);
    expect(headOf(text)).toContain('Log in');
    expect(headOf(text)).toContain('Log out');
    expect(headers['cache-control']).toBe('no-store');
    expect(logs.text()).toContain('Who is signed in could not be read.');
    expect(logs.text()).not.toContain('secret-of-ada');
  });
});

function serverInfoAt(path: string): void {
  gateway.routes[path] = jsonAnswer(serverInfo);
}
