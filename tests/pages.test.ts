import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { call, newAccount, newContentHash, registerAsset } from './lib/api-client.ts';
import { createBrowser } from './lib/browser.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

let suite: StandaloneSuite;
/** Paths as the table writes them, and as they are in this suite. */
let real: Record<string, string>;

beforeAll(async () => {
  suite = await startStandalone();
  const { username, token } = await newAccount(suite.url);
  const name = `${username}-dawn`;
  const hash = newContentHash();
  const claim = String((await registerAsset(suite.url, token, name, hash)).body['activity_id']);
  real = { NAME: name, HASH: hash, CLAIM: claim, USER: username };
  for (const path of [`/users/${username}`, '/activities/0']) {
    await eventually(async () => (await call(suite.url, path)).status === 200);
  }
});

afterAll(() => suite.remove());

const at = (path: string): string => path.replaceAll(/NAME|HASH|CLAIM|USER/g, (word) => real[word] ?? word);

async function kindOf(path: string, accept: string | undefined, method = 'GET') {
  const headers = { ...(accept === undefined ? {} : { accept }) };
  const response = await fetch(`${suite.url}${at(path)}`, { method, headers });
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const vary = (response.headers.get('vary') ?? '').toLowerCase();
  return { status: response.status, type, varies: vary.includes('accept'), text: await response.text() };
}

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const html = 'text/html';
const json = 'application/json';
const activity = 'application/activity+json';

/** Every path of art-dag-l2.md §6 that is there, and what programs get at it without a wish, and when they want ActivityStreams. */
const negotiated: [path: string, plain: string, streams: string][] = [
  ['/', json, json],
  ['/assets', json, json],
  ['/assets/NAME', json, json],
  ['/activities', json, json],
  ['/activities/CLAIM', json, activity],
  ['/activities/0', json, activity],
  ['/users', json, json],
  ['/users/USER', json, activity],
  ['/objects/HASH', json, activity],
  ['/anchors', json, json],
];

describe.each(negotiated)('%s', (path, plain, streams) => {
  it.each([
    ['a browser', browser, html],
    ['who wants HTML', 'text/html', html],
    ['who likes both alike', 'application/json, text/html', html],
    ['who likes JSON better', 'text/html;q=0.8, application/json', json],
    ['who refuses HTML', 'text/html;q=0, */*', plain],
    ['curl', '*/*', plain],
    ['who says nothing', undefined, plain],
    ['who wants JSON', 'application/json', json],
    ['the fediverse', 'application/activity+json', streams],
    [
      'the fediverse, in its other form',
      'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
      streams,
    ],
    ['the fediverse, although it takes pages', 'text/html, application/activity+json;q=0.1', streams],
  ])('is right for %s', async (_who, accept, wanted) => {
    const answer = await kindOf(path, accept);
    expect({ ...answer, text: '' }).toEqual({ status: 200, type: wanted, varies: true, text: '' });
    expect(answer.text.startsWith('<!doctype html>')).toBe(wanted === html);
  });

  it('answers HEAD alike', async () => {
    for (const [accept, wanted] of [
      [browser, html],
      ['*/*', plain],
    ] as const) {
      expect(await kindOf(path, accept, 'HEAD')).toEqual({ status: 200, type: wanted, varies: true, text: '' });
    }
  });
});

describe('pages that are no API', () => {
  it.each(['/asset/NAME', '/activity/CLAIM', '/activity/0'])('%s is for whoever takes a page', async (path) => {
    for (const accept of [browser, '*/*', undefined]) {
      expect(await kindOf(path, accept)).toMatchObject({ status: 200, type: html, varies: true });
    }
    expect(await kindOf(path, 'application/json')).toMatchObject({ status: 406, type: json });
  });

  it('load files that are kept for good', async () => {
    const { text } = await kindOf('/', browser);
    const paths = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(paths).toHaveLength(3);
    for (const path of paths) {
      const response = await fetch(`${suite.url}${path}`, { headers: { 'accept-encoding': 'br' } });
      expect([response.status, response.headers.get('content-encoding')]).toEqual([200, 'br']);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
  });
});

describe('what is not there', () => {
  it.each([
    '/nothing',
    '/asset/nobody-has-this',
    '/users/nobody',
    '/activity/999999',
    '/objects/abc',
    '/assets/a/b/c',
    '/static/x.css',
  ])('%s is a page for a browser', async (path) => {
    const { status, type, text } = await kindOf(path, browser);
    expect([status, type]).toEqual([404, html]);
    expect(text).toContain('<h1>Page not found</h1>');
  });

  it('is JSON for programs', async () => {
    expect(await kindOf('/nothing', '*/*')).toMatchObject({ status: 404, type: json });
  });

  it('is a page that says so when it has been deleted', async () => {
    const { username, token } = await newAccount(suite.url);
    await registerAsset(suite.url, token, `${username}-gone`);
    expect((await call(suite.url, `/assets/${username}-gone`, { method: 'DELETE', token })).status).toBe(204);
    const { status, text } = await kindOf(`/asset/${username}-gone`, browser);
    expect(status).toBe(410);
    expect(text).toContain('<h1>No longer here</h1>');
  });
});

describe('/storage', () => {
  it('leads a browser without a session to the login, and refuses a program', async () => {
    const response = await fetch(`${suite.url}/storage?id=x`, { headers: { accept: browser }, redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/login?return_to=%2Fstorage%3Fid%3Dx']);
    expect(response.headers.get('vary')?.toLowerCase()).toContain('accept');
    expect(await kindOf('/storage', json)).toMatchObject({ status: 401, type: json });
  });

  it('is a page for its owner’s browser, and JSON for their programs', async () => {
    const { username, token } = await newAccount(suite.url);
    const visitor = createBrowser(suite.url);
    await visitor.post('/login', { username, password: 'correct horse battery staple', return_to: '/storage' });
    const config = { endpoint: 'https://pins.example/psa', token: 'psa-secret-0123456789' };
    const body = { provider_type: 'psa', provider_name: '<b>my pins</b>', config };
    const { status, body: made } = await call(suite.url, '/storage', { token, body });
    expect(status).toBe(201);
    const list = await visitor.get('/storage');
    expect(list.text).toContain('&lt;b&gt;my pins&lt;/b&gt;');
    const one = await visitor.get(`/storage?id=${String(made['id'])}`);
    expect(one.text).toContain('There is no copy here.');
    expect(one.text + list.text).not.toContain('psa-secret');
    expect((await createBrowser(suite.url).get(`/storage?id=${String(made['id'])}`)).text).not.toContain('my pins');
    expect((await call(suite.url, '/storage', { token })).body).toHaveProperty('storage');
  });
});

it('leads from the home page to a claim, its author and their key', async () => {
  const visitor = createBrowser(suite.url);
  await eventually(async () => expect((await visitor.get('/')).text).toContain(`/asset/${real['NAME']}`));
  const { text: asset } = await visitor.get(`/asset/${real['NAME']}`);
  expect(asset).toContain(real['HASH']);
  expect(asset).toMatch(/as entry \d+, which anybody can check/);
  expect((await visitor.get(`/activity/${real['CLAIM']}`)).text).toContain('eddsa-jcs-2022');
  expect((await visitor.get(`/users/${real['USER']}`)).text).toMatch(/z6Mk\w+/);
  expect((await visitor.get(`/objects/${real['HASH']}`)).text).toContain(`/asset/${real['NAME']}`);
});
