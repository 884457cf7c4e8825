import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { csrfTokenOf } from '@artdag/service-kit';
import { routeTable, type Route } from '../services/gateway/src/route-table.ts';
import { call, newAccount, registerAsset } from './lib/api-client.ts';
import { noLimits } from './lib/no-limits.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const password = 'correct horse battery staple';

let suite: StandaloneSuite;
let username: string;
let cookie: string;
let secret: string;
let before: string;

beforeAll(async () => {
  suite = await startStandalone({ env: { OTS_CALENDARS: 'none', ...noLimits } });
  const account = await newAccount(suite.url);
  username = account.username;
  await registerAsset(suite.url, account.token, 'work');
  ({ cookie } = account);
  secret = /session_token=([^;]*)/.exec(cookie)?.[1] ?? '';
  before = await everythingOfTheirs();
});

afterAll(() => suite?.remove());

/** What a visitor has here, as they see it themselves. */
async function everythingOfTheirs(): Promise<string> {
  const paths = [
    '/auth/me',
    '/auth/sessions',
    '/auth/api-keys',
    '/v1/tokens',
    '/storage',
    '/renderers',
    '/following',
    '/assets/work',
  ];
  const answers = [];
  for (const path of [...paths, `/api/auth/keys/${username}`, '/api/identities/agent', `/api/identities/${username}`]) {
    const { status, body } = await call(suite.url, path, { headers: { cookie } });
    expect([path, status]).toEqual([path, 200]);
    answers.push(body);
  }
  return JSON.stringify(answers).replaceAll(/"(last_used_at|last_seen_at|server_time|expires_at)":"[^"]*"/g, '');
}

const writes = routeTable.filter(({ method }) => method !== 'GET');
const pathOf = ({ path }: Route): string =>
  path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => ({ username, handle: username, name: 'work' })[name] ?? randomUUID(),
  );

/** How a request looks that another site has a visitor's browser send. */
const elsewhere: [how: string, headers: Record<string, string>][] = [
  ['another origin', { origin: 'https://evil.example' }],
  ['an opaque origin', { origin: 'null' }],
  ['an origin that begins like ours', { origin: 'http://localhost.evil.example' }],
  ['another site, by Fetch metadata', { 'sec-fetch-site': 'cross-site' }],
  ['a neighbour of our site', { 'sec-fetch-site': 'same-site' }],
  ['nothing that says where it comes from', {}],
  ['a token that is made up', { 'x-csrf-token': '00'.repeat(32) }],
];

describe('a visitor’s cookies, sent from elsewhere,', () => {
  const ofApi = writes.filter(({ auth, csrf }) => auth === 'any' && csrf !== 'owner');

  it.each(ofApi.map((route): [string, Route] => [`${route.method} ${route.path}`, route]))(
    'do nothing at %s',
    async (_, route) => {
      for (const [how, headers] of elsewhere) {
        const { status, body } = await call(suite.url, pathOf(route), {
          method: route.method,
          headers: { cookie, ...headers },
          ...(route.method === 'DELETE' ? {} : { body: {} }),
        });
        expect([how, status, body['code']]).toEqual([how, 403, 'csrf']);
      }
    },
  );

  const forms = writes.filter(({ csrf }) => csrf === 'owner');

  it.each(forms.map((route): [string, Route] => [route.path, route]))(
    'do nothing in a form to %s',
    async (_, route) => {
      const ours = csrfTokenOf(secret);
      const rows: [string, Record<string, string>, string][] = [
        ...elsewhere.map(([how, headers]): [string, Record<string, string>, string] => [how, headers, '']),
        ['another origin, with a token', { origin: 'https://evil.example' }, ours],
        ['another site, with a token', { 'sec-fetch-site': 'cross-site' }, ours],
        ['nowhere, with somebody else’s token', {}, csrfTokenOf('of-somebody-else')],
        ['nowhere, with the cookie twice', { cookie: `${cookie}; session_token=planted` }, csrfTokenOf('planted')],
      ];
      for (const [how, headers, token] of rows) {
        const response = await fetch(`${suite.url}${pathOf(route)}`, {
          method: 'POST',
          redirect: 'manual',
          headers: { cookie, accept: 'text/html', ...headers },
          body: new URLSearchParams({ username: 'evil', password, ...(token === '' ? {} : { _csrf: token }) }),
        });
        expect([how, response.status]).toEqual([how, 403]);
        expect(await response.text()).toContain('Error csrf');
        // A cookie that came twice is taken away; nobody is given one.
        for (const line of response.headers.getSetCookie()) expect(line).toMatch(/^session_token=; .*Max-Age=0/);
      }
    },
  );

  it('have changed nothing in all of it', async () => {
    expect(await everythingOfTheirs()).toBe(before);
  });
});
