import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import type { Browser } from 'playwright-core';
import { call, newAccount, newContentHash } from './lib/api-client.ts';
import { findLayoutFaults, findSeriousFaults, openChromium, openContext, type Look } from './lib/chromium.ts';
import { root } from './lib/scripts.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const password = 'correct horse battery staple';
const longName = `study-of-a-name.${'that-goes-on-and-on_'.repeat(5)}end`;
/** Runs if anything does, and says so where the suite sees it. */
const script = `<img src=x onerror="document.title='RAN'"><script>document.title='RAN'</script>`;
const l1Servers = 'https://circles.example,https://darkroom.example';
const strangerName = `S ${script}`.slice(0, 60);

let suite: StandaloneSuite;
let chromium: Browser;
let cookie: string;
let hash: string;
let claim: string;
let provider: string;

beforeAll(async () => {
  [suite, chromium] = await Promise.all([startStandalone({ env: { L1_SERVERS: l1Servers } }), openChromium()]);
  const account = await newAccount(suite.url, 'mary-delany');
  const { username, token } = account;
  ({ cookie } = account);
  await call(suite.url, '/auth/me', {
    method: 'PATCH',
    headers: { cookie, origin: suite.url },
    body: { display_name: 'Mary Delany' },
  });
  const pins = { endpoint: 'https://pins.example/psa', token: 'psa-secret-0123456789' };
  const storage = { provider_type: 'psa', provider_name: `pins ${'w'.repeat(90)}`, config: pins };
  provider = String((await call(suite.url, '/storage', { token, body: storage })).body['id']);
  await nameStranger();
  hash = newContentHash();
  const works = [
    {
      name: 'paper-mosaick',
      content_hash: hash,
      asset_type: 'image',
      tags: ['flowers', 'paper'],
      description: 'Rosa gallica, cut from some hundred pieces of coloured paper.',
      url: 'https://media.example/flower.png',
      metadata: { year: 1782 },
    },
    {
      name: 'hostile',
      content_hash: newContentHash(),
      asset_type: 'image',
      tags: [script.slice(0, 64)],
      description: script,
      metadata: { note: script },
      origin: { type: 'external', note: script },
    },
    {
      name: longName,
      content_hash: newContentHash(),
      asset_type: 'video',
      tags: ['w'.repeat(64), '\u202egnp.exe'],
      description: 'w'.repeat(400),
    },
    ...Array.from({ length: 26 }, (_, at) => ({
      name: `study-${at}`,
      content_hash: newContentHash(),
      asset_type: 'document',
      tags: [],
    })),
  ];
  for (const body of works) {
    const made = await call(suite.url, '/assets', { token, body });
    if (body.name === 'paper-mosaick') claim = String(made.body['activity_id']);
  }
  for (const [user, name] of [
    [username, 'Mary Delany'],
    ['stranger', strangerName],
  ])
    await eventually(async () => (await call(suite.url, `/users/${user}`)).body['name'] === name);
  const follow = { token, body: { target: `${suite.url}/users/stranger` } };
  await eventually(async () => (await call(suite.url, '/follow', follow)).status === 200);
  await eventually(
    async () => typeof (await call(suite.url, `/activities/${claim}/anchor`)).body['log_index'] === 'number',
  );
});

afterAll(async () => {
  await chromium?.close();
  await suite?.remove();
});

/** Somebody whose name and storage are scripts. */
async function nameStranger(): Promise<void> {
  const { cookie: theirs } = await newAccount(suite.url, 'stranger');
  const headers = { cookie: theirs, origin: suite.url };
  const body = { display_name: strangerName };
  const { status } = await call(suite.url, '/auth/me', { method: 'PATCH', headers, body });
  expect(status).toBe(200);
}

/** Every page that anybody can see, by the name of its screenshot. */
const pages = (): [name: string, path: string][] => [
  ['home', '/'],
  ['assets', '/assets'],
  ['assets-none', '/assets?q=nothing-like-it'],
  ['asset', '/asset/paper-mosaick'],
  ['asset-hostile', '/asset/hostile'],
  ['asset-long-name', `/asset/${longName}`],
  ['object', `/objects/${hash}`],
  ['activities', '/activities'],
  ['activity', `/activity/${claim}`],
  ['users', '/users'],
  ['user', '/users/mary-delany'],
  ['user-followed-from-elsewhere', '/users/mary-delany?from=@me@mastodon.example'],
  ['user-hostile', '/users/stranger'],
  ['anchors', '/anchors'],
  ['anchors-managed', '/anchors/ui'],
  ['claim', '/claim'],
  ['storage', '/storage'],
  ['renderers', '/renderers'],
  ['account', '/account?done=profile-saved'],
  ['account-password', '/account/password'],
  ['account-sessions', '/account/sessions'],
  ['account-end-others', '/account/sessions/end-others'],
  ['account-api-keys', '/account/api-keys'],
  ['account-tokens', '/account/tokens'],
  ['account-keys', '/account/keys'],
  ['account-following', '/account/following'],
  ['account-organisations', '/account/organisations'],
  ['account-delete', '/account/delete'],
  ['storage-add', '/storage/ui/add'],
  ['storage-add-s3', '/storage/ui/add?type=s3'],
  ['storage-provider', `/storage?id=${provider}`],
  ['storage-edit', `/storage/ui/edit?id=${provider}`],
  ['storage-remove', `/storage/ui/remove?id=${provider}`],
  ['login-again', '/login?again=1'],
  ['docs', '/docs'],
  ['docs-operation', '/docs/registerAsset'],
  ['login', '/login'],
  ['register', '/register'],
  ['not-found', '/nothing-here'],
];

/** Of pages as strangers see them, and of those that one has to be logged in for. */
const screenshots = {
  strangers: new Set(['home', 'assets', 'asset', 'activity', 'user', 'anchors', 'docs']),
  own: new Set(['claim', 'account', 'renderers']),
};
const folder = join(root, 'docs', 'screenshots');

describe.each<[string, Look]>([
  ['a phone, light', { width: 360, colorScheme: 'light', javaScript: true }],
  ['a phone, dark', { width: 360, colorScheme: 'dark', javaScript: true }],
  ['a desktop, light', { width: 1280, colorScheme: 'light', javaScript: true }],
  ['a desktop, dark', { width: 1280, colorScheme: 'dark', javaScript: true }],
])('on %s', (_what, look) => {
  it.each([
    ['a stranger', false],
    ['who is logged in', true],
  ])(
    'every page is right for %s: nothing sideways, cut off, on top of something else, unreadable, or run',
    async (_who, isKnown) => {
      const context = await openContext(chromium, suite.url, { ...look, ...(isKnown ? { cookie } : {}) });
      const page = await context.newPage();
      const said: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('404')) said.push(message.text());
      });
      for (const [name, path] of pages()) {
        await page.goto(`${suite.url}${path}`, { waitUntil: 'load' });
        expect([name, await findLayoutFaults(page)]).toEqual([name, []]);
        expect([name, await findSeriousFaults(page)]).toEqual([name, []]);
        expect(await page.title()).not.toContain('RAN');
        if (
          process.env['ARTDAG_SCREENSHOTS'] === 'true' &&
          (isKnown ? screenshots.own : screenshots.strangers).has(name)
        ) {
          mkdirSync(folder, { recursive: true });
          const device = look.width === 360 ? 'phone' : 'desktop';
          if ((device === 'phone') === (look.colorScheme === 'dark'))
            await page.screenshot({ path: join(folder, `${name}-${device}.png`) });
        }
      }
      expect(said).toEqual([]);
      await context.close();
    },
    300_000,
  );
});

it('shows what strangers have written as it is written', async () => {
  const context = await openContext(chromium, suite.url, { width: 360, colorScheme: 'light', javaScript: true });
  const page = await context.newPage();
  await page.goto(`${suite.url}/asset/hostile`);
  expect(await page.locator('.stranger').textContent()).toBe(script);
  await page.goto(`${suite.url}/users/stranger`);
  expect(await page.locator('h1').textContent()).toBe(strangerName);
  expect(strangerName).toContain('<img src=x onerror=');
  expect(await page.locator('h1 img').count()).toBe(0);
  expect(await page.title()).not.toContain('RAN');
  await context.close();
});

describe('the measuring', () => {
  it('finds what scrolls sideways, is cut off, lies on something else, or cannot be read', async () => {
    const context = await openContext(chromium, suite.url, { width: 360, colorScheme: 'light', javaScript: true });
    const page = await context.newPage();
    await page.setContent(`<html lang="en"><title>x</title><main><h1>x</h1>
      <p style="width: 900px">wide</p>
      <p style="width: 60px; overflow: hidden; white-space: nowrap">more than there is room for</p>
      <p style="position: absolute; top: 300px">below</p><p style="position: absolute; top: 304px">above</p>
      <p style="color: #ccc">pale</p></main>`);
    const faults = (await findLayoutFaults(page)).join('\n');
    for (const kind of ['scrolls sideways', 'sticks out', 'is cut off', 'overlap']) expect(faults).toContain(kind);
    expect((await findSeriousFaults(page)).join('\n')).toContain('color-contrast');
    await context.close();
  });
});

describe('without JavaScript', () => {
  it('everything can be read, searched and gone through, and one can register, log out and log in', async () => {
    const context = await openContext(chromium, suite.url, { width: 360, colorScheme: 'light', javaScript: false });
    const page = await context.newPage();
    await page.goto(`${suite.url}/assets`);
    await page.fill('#q', 'mosaick');
    await page.click('form.filters button');
    await eventually(async () => expect(await page.locator('.cards h3').allTextContents()).toEqual(['paper-mosaick']));
    await page.click('.cards h3 a');
    await eventually(async () => expect(await page.locator('h1').textContent()).toBe('paper-mosaick'));
    expect(await page.locator('button.copy').first().isVisible()).toBe(false);
    expect(await page.locator('time').first().textContent()).toMatch(/UTC$/);
    await page.goto(`${suite.url}/assets`);
    await page.click('a[rel="next"]');
    expect(await page.locator('.cards h3').count()).toBeGreaterThan(0);
    await page.goto(`${suite.url}/docs/getAsset`);
    expect(await page.locator('form.try').isVisible()).toBe(false);
    expect(await page.locator('#content').textContent()).toContain(`curl '${suite.url}/assets/first-light.png'`);
    await page.goto(`${suite.url}/register`);
    await page.fill('#username', 'no-script');
    await page.fill('#password', password);
    await page.click('main form button');
    await page.click('nav[aria-label="Account"] a[href="/account"]');
    await page.fill('#display_name', 'Without Script');
    await page.click('main form.stack button');
    expect(await page.locator('.done').textContent()).toBe('Your profile is saved.');
    expect(await page.locator('nav[aria-label="Account"] strong').textContent()).toBe('no-script');
    await page.click('nav[aria-label="Account"] button');
    await eventually(async () =>
      expect(await page.locator('nav[aria-label="Account"]').textContent()).toContain('Log in'),
    );
    await context.close();
  });
});

describe('with JavaScript', () => {
  it('times are in the reader’s zone, and a click copies a hash', async () => {
    const context = await openContext(chromium, suite.url, { width: 1280, colorScheme: 'light', javaScript: true });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    await page.goto(`${suite.url}/asset/paper-mosaick`);
    const time = page.locator('time').first();
    const at = new Date((await time.getAttribute('datetime')) ?? '');
    const inTokyo = at.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Tokyo' });
    expect(await time.textContent()).toBe(inTokyo);
    const drawing = page.locator('svg:has([data-time])').first();
    expect(await drawing.locator('[data-time]').first().textContent()).toBe(inTokyo);
    expect(await drawing.getAttribute('aria-label')).toContain(`owner’s key, ${inTokyo}.`);
    await page.click('button.copy');
    await eventually(async () => expect(await page.evaluate('navigator.clipboard.readText()')).toBe(hash));
    await context.close();
  });

  it('an operation of the API can be tried on its page, as who one is or with a key, which is kept nowhere', async () => {
    const context = await openContext(chromium, suite.url, {
      ...{ width: 360, colorScheme: 'light', javaScript: true },
      cookie,
    });
    const page = await context.newPage();
    const answer = page.locator('.answer');
    await page.goto(`${suite.url}/docs/registerAsset`);
    const work = { name: 'tried', content_hash: newContentHash(), asset_type: 'image' };
    await page.fill('#try-body', JSON.stringify(work));
    await page.fill('#try-Idempotency-Key', 'tried-once');
    await page.click('form.try button');
    await eventually(async () => expect(await answer.locator('.answer-status').textContent()).toBe('201 Created'));
    expect(await answer.locator('.answer-headers').textContent()).toContain('location: /assets/tried');
    expect(JSON.parse((await answer.locator('.answer-body').textContent()) ?? '')).toMatchObject(work);
    await page.locator('details summary').first().click();
    expect(await findLayoutFaults(page)).toEqual([]);
    expect(await findSeriousFaults(page)).toEqual([]);
    await page.goto(`${suite.url}/docs/getAsset`);
    await page.fill('#try-name', 'tried');
    await page.selectOption('#try-as', 'key');
    await page.fill('#try-secret', 'dk_nobody-has-this-one');
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await answer.locator('.answer-status').textContent()).toBe('401 Unauthorized'));
    expect(await answer.locator('.answer-body').textContent()).toContain('"invalid_api_key"');
    expect(page.url()).toBe(`${suite.url}/docs/getAsset`);
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
    await context.close();
  });

  it('nothing is loaded from a stranger’s server before the reader asks for it', async () => {
    const context = await openContext(chromium, suite.url, { width: 1280, colorScheme: 'light', javaScript: true });
    const page = await context.newPage();
    const elsewhere: string[] = [];
    await context.route(/media\.example/, (route) => {
      elsewhere.push(`${route.request().url()} ${route.request().headers()['referer'] ?? 'no referrer'}`);
      return route.abort();
    });
    await page.goto(`${suite.url}/asset/paper-mosaick`);
    expect(elsewhere).toEqual([]);
    await page.click('#preview a.button');
    await eventually(() => expect(elsewhere).toEqual(['https://media.example/flower.png no referrer']));
    await context.close();
  });

  it('the first page is small, and nothing jumps while it comes', async () => {
    const context = await openContext(chromium, suite.url, { width: 360, colorScheme: 'light', javaScript: true });
    await context.addInitScript({
      path: fileURLToPath(new URL('lib/in-page/watch-layout-shifts.js', import.meta.url)),
    });
    for (const path of ['/', '/assets', '/asset/paper-mosaick']) {
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      await session.send('Network.setCacheDisabled', { cacheDisabled: true });
      let bytes = 0;
      session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
      await page.goto(`${suite.url}${path}`, { waitUntil: 'networkidle' });
      const shift = await page.evaluate<number>('shifted');
      expect({ path, isSmall: bytes < 100_000, isStill: shift < 0.01 }).toEqual({ path, isSmall: true, isStill: true });
      await page.close();
    }
    await context.close();
  });

  it('the keyboard reaches the content past the head', async () => {
    const context = await openContext(chromium, suite.url, { width: 1280, colorScheme: 'light', javaScript: true });
    const page = await context.newPage();
    await page.goto(`${suite.url}/assets`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#/);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('q');
    await context.close();
  });
});
