import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectHarmless, hostileTexts } from '../services/web/src/hostile.testing.ts';
import { call, logIn, newContentHash, type Answer } from './lib/api-client.ts';
import { createBrowser, type Browser } from './lib/browser.ts';
import { startHostileSuite, type HostileSuite } from './lib/hostile-inbox/hostile-suite.ts';
import { noLimits } from './lib/no-limits.ts';
import { rawRequest } from './lib/raw-request.ts';

const password = 'correct horse battery staple';

let suite: HostileSuite;
let username: string;
let owner: Browser;
let anybody: Browser;
let hash: string;
let providerId: string;
let cookies: Record<string, string>;

beforeAll(async () => {
  suite = await startHostileSuite({ OTS_CALENDARS: 'none', ...noLimits });
  username = suite.actor.slice(suite.actor.lastIndexOf('/') + 1);
  anybody = createBrowser(suite.url);
  owner = createBrowser(suite.url);
  await owner.post('/login', { username, password });
  cookies = { cookie: (await logIn(suite.url, username)).cookie, origin: suite.url };
  hash = newContentHash();
  await api('POST', '/assets', { name: 'work', content_hash: hash, asset_type: 'image' });
  const config = { endpoint: 'https://pins.invalid', token: 'abcdefghijklmnop' };
  const provider = await api('POST', '/storage', { provider_type: 'psa', config });
  providerId = String(provider.body['id']);
});

afterAll(() => suite?.remove());

const api = (method: 'POST' | 'PATCH', path: string, body: unknown): Promise<Answer> =>
  call(suite.url, path, { method, token: suite.token, body });
const asVisitor = (method: 'POST' | 'PATCH', path: string, body: unknown): Promise<Answer> =>
  call(suite.url, path, { method, headers: cookies, body });

/** Every page on which something is shown that somebody has written. */
const publicPages = (): string[] => [
  ...['/', '/assets', '/asset/work', `/objects/${hash}`, '/activities', '/activity/0', '/users', `/users/${username}`],
  ...['/assets?q=work', '/assets?tag=x', '/anchors'],
];
const ownPages = (): string[] => ['/storage', `/storage?id=${providerId}`, '/renderers', '/login', '/account'];

async function expectEveryPageHarmless(text: string): Promise<void> {
  const seen = await Promise.all([
    ...publicPages().map((path) => anybody.get(path)),
    ...[...publicPages(), ...ownPages()].map((path) => owner.get(path)),
  ]);
  for (const { status, path, text: page } of seen) {
    expect([text, path, status < 500]).toEqual([text, path, true]);
    expectHarmless(page);
  }
}

const patchAsset = (change: object): Promise<Answer> => api('PATCH', '/assets/work', change);
const patchProfile = (change: object): Promise<Answer> => asVisitor('PATCH', `/api/identities/${username}`, change);

/** An asset that says where it comes from, which nobody can change later, with a look at its page. */
async function newAssetFrom(origin: object): Promise<Answer> {
  const name = `from-${randomUUID()}`;
  const body = { name, content_hash: newContentHash(), asset_type: 'image', origin: { type: 'external', ...origin } };
  const made = await api('POST', '/assets', body);
  if (made.status === 201) expectHarmless((await anybody.get(`/asset/${name}`)).text);
  return made;
}

/** How many are taken at least: any text but those with control characters; in a name, nothing either that is not seen or turns what is beside it. */
const anyText = 9;
const anyName = 8;

/** Every field that people fill, and how. */
const fields: [field: string, write: (text: string) => Promise<Answer>, takes?: number][] = [
  ['an asset’s name', (text) => api('POST', '/assets', { name: text, content_hash: hash, asset_type: 'image' })],
  ['an asset’s type', (text) => patchAsset({ asset_type: text })],
  ['an asset’s description', (text) => patchAsset({ description: text }), anyText],
  ['an asset’s tags', (text) => patchAsset({ tags: [text.slice(0, 64), 'x'] }), anyText],
  ['an asset’s address', (text) => patchAsset({ url: text })],
  ['an asset’s path at an address', (text) => patchAsset({ url: `https://ok.example/${text}` })],
  ['an asset’s CID', (text) => patchAsset({ ipfs_cid: text })],
  ['an asset’s metadata', (text) => patchAsset({ metadata: { note: text, [text]: text } }), anyText],
  ['an asset’s origin', (text) => newAssetFrom({ note: text, url: text })],
  ['an origin’s note', (text) => newAssetFrom({ note: text, url: 'https://ok.example/' }), anyText],
  ['a display name', (text) => asVisitor('PATCH', '/auth/me', { display_name: text }), anyName],
  ['an e-mail address', (text) => asVisitor('PATCH', '/auth/me', { email: text })],
  ['a profile’s words', (text) => patchProfile({ bio: text }), anyText],
  ['a profile’s website', (text) => patchProfile({ website_url: text })],
  ['a profile’s picture', (text) => patchProfile({ avatar_url: text })],
  ['a provider’s name', (text) => api('PATCH', `/storage/${providerId}`, { provider_name: text }), anyName],
  ['a provider’s endpoint', (text) => api('PATCH', `/storage/${providerId}`, { config: { endpoint: text } })],
  [
    'an API key’s description',
    (text) => asVisitor('POST', '/auth/api-keys', { description: text, scopes: ['read:*'] }),
    anyText,
  ],
  ['a token’s label', (text) => asVisitor('POST', '/v1/tokens', { label: text, scopes: ['read:*'] }), anyText],
  ['an agent’s handle', (text) => asVisitor('POST', '/api/identities/agent', { handle: text })],
  ['an organisation', (text) => asVisitor('POST', '/api/identities', { handle: 'an-org', display_name: text })],
  [
    'a browser’s name',
    (text) => {
      const headers = { 'user-agent': text.replaceAll(/[^\t\u0020-\u007e]/g, '?') };
      return call(suite.url, '/auth/login', { headers, body: { username, password } });
    },
  ],
];

describe('what people write', () => {
  it.each(fields)(
    'in %s runs nowhere, loads nothing and leads nowhere but to the web',
    async (_field, write, takes = 0) => {
      let accepted = 0;
      for (const text of hostileTexts) {
        const { status } = await write(text);
        expect([text, status < 500]).toEqual([text, true]);
        if (status >= 400) continue;
        accepted += 1;
        await expectEveryPageHarmless(text);
      }
      // Or nothing was tried.
      expect(accepted).toBeGreaterThanOrEqual(takes);
    },
    180_000,
  );
});

describe('what strangers from other servers write', () => {
  it('as their name, summary, picture and words runs nowhere either', async () => {
    const statuses: number[] = [];
    for (const [at, text] of hostileTexts.entries()) {
      const stranger = await suite.newStranger();
      const name = `mallory-${at}`;
      const keys = stranger.keysOf(name);
      stranger.answers.set(`/users/${name}`, (_req, res) => {
        const id = stranger.actor(name);
        const document = {
          '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
          ...{ type: 'Person', id, preferredUsername: name, inbox: `${id}/inbox`, outbox: `${id}/outbox` },
          ...{ name: text, summary: text, url: text, icon: { type: 'Image', url: text } },
          publicKey: { id: stranger.keyId(name), owner: id, publicKeyPem: keys.pem },
        };
        res.setHeader('content-type', 'application/activity+json').end(JSON.stringify(document));
      });
      const object = `${suite.url}/objects/${hash}`;
      const note = { type: 'Note', id: `${stranger.url}/notes/1`, attributedTo: stranger.actor(name) };
      for (const activity of [
        { type: 'Follow', object: suite.actor, summary: text },
        { type: 'Like', object, content: text },
        { type: 'Announce', object, name: text },
        { type: 'Create', object: { ...note, inReplyTo: object, content: text, name: text, summary: text } },
      ]) {
        const sent = await stranger.post(name, suite.inbox, stranger.activity(name, activity));
        expect([text, activity.type, sent.status < 500]).toEqual([text, activity.type, true]);
        statuses.push(sent.status);
      }
      await expectEveryPageHarmless(text);
    }
    // At least those are heard, or nothing was tried.
    expect(statuses.filter((status) => status === 202).length).toBeGreaterThan(hostileTexts.length);
  }, 180_000);
});

describe('headers', () => {
  const breaks = [
    '%0d%0aX-Injected:%20yes',
    '%0aX-Injected:%20yes',
    '%E5%98%8A%E5%98%8DX-Injected:yes',
    '%0d%0a%0d%0a<script>',
  ];
  const targets = (text: string): string[] => [
    ...[`/login?return_to=/${text}`, `/login?return_to=${text}`, `/register?return_to=/${text}`, `/storage?id=${text}`],
    ...[`/asset/${text}`, `/assets/${text}/certificate`, `/activities/${text}/certificate`, `/users/${text}`],
    ...[`/static/${text}`, `/nothing/${text}`, `/assets?q=${text}&cursor=${text}`, `/renderers?x=${text}`],
    `/.well-known/webfinger?resource=${text}`,
  ];

  it.each(breaks)('cannot be added by %s in an address', async (text) => {
    for (const target of targets(text)) {
      for (const accept of ['text/html', 'application/json']) {
        const { status, headers } = await rawRequest(suite.url, target, { headers: [`Accept: ${accept}`] });
        expect([target, status > 0 && status < 500]).toEqual([target, true]);
        expect([target, Object.keys(headers)]).not.toEqual([target, expect.arrayContaining(['x-injected'])]);
      }
    }
  });

  it('name a file by the name of an asset and nothing else', async () => {
    for (const name of ['a"b', "a';filename=evil.exe", 'ünï-cödé']) {
      await api('POST', '/assets', { name, content_hash: newContentHash(), asset_type: 'image' });
      const { status, headers } = await rawRequest(suite.url, `/assets/${encodeURIComponent(name)}/certificate`);
      expect(status).toBeLessThan(500);
      expect(headers['content-disposition'] ?? '').not.toMatch(/evil\.exe[^"]*$|"[^"]*"[^;]*"/);
    }
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)'])(
    'lead nobody to %s after a login',
    async (target) => {
      const response = await fetch(`${suite.url}/login`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: suite.url },
        body: new URLSearchParams({ username, password, return_to: target }),
      });
      expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
    },
  );
});
