import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routeTable } from '../services/gateway/src/route-table.ts';
import { createBrowser, type Browser } from './lib/browser.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const password = 'correct horse battery staple';
let suite: StandaloneSuite;
let browser: Browser;

beforeAll(async () => {
  suite = await startStandalone();
  browser = createBrowser(suite.url);
});

afterAll(() => suite?.remove());

const newName = (): string => `u${randomUUID().slice(0, 8)}`;

describe('the account pages, as a browser sees them', () => {
  it('register, show the name everywhere, log out at once, and log in again to where one was going', async () => {
    const username = newName();
    const registered = await browser.post('/register', { username, password, email: `${username}@example.org` });
    expect([registered.status, registered.path]).toEqual([200, '/']);
    expect(registered.text).toContain(`<strong>${username}</strong>`);
    expect((await browser.get('/auth/me')).status).toBe(200);

    const stolen = browser.copy();
    expect((await stolen.get('/auth/me')).status).toBe(200);
    const out = await browser.get('/logout');
    expect([out.status, out.path]).toEqual([200, '/']);
    expect(out.text).toContain('href="/register"');
    expect(browser.cookieNames()).toEqual(['device']);
    expect((await stolen.get('/auth/me')).status).toBe(401);

    const wrong = await browser.post('/login', { username, password: 'wrong', return_to: '/register' });
    expect(wrong.status).toBe(401);
    expect(wrong.text).toContain('The user name or the password is wrong.');
    const right = await browser.post('/login', { username, password, return_to: '/register' });
    expect([right.status, right.path]).toEqual([200, '/register']);
    expect(right.text).toContain(`logged in as <strong>${username}</strong>`);
    const csrf = /name="_csrf" value="([^"]+)"/.exec(right.text)?.[1] ?? '';
    // An old browser: no Origin, but the page's token.
    const left = await browser.post('/logout', { _csrf: csrf }, { origin: undefined });
    expect([left.status, left.path]).toEqual([200, '/']);
    expect(browser.cookieNames()).toEqual(['device']);
  });

  it('refuse the forms of other sites, and keep the session', async () => {
    const username = newName();
    await browser.post('/register', { username, password });
    const evil = { origin: 'https://evil.example' };
    expect((await browser.post('/logout', {}, evil)).status).toBe(403);
    expect((await browser.post('/login', { username, password }, evil)).status).toBe(403);
    expect((await browser.get('/logout', { 'sec-fetch-site': 'cross-site' })).text).toContain('Log out?');
    expect((await browser.get('/auth/me')).status).toBe(200);
    await browser.get('/logout');
  });

  it('say what is wrong with an account before it is made', async () => {
    const taken = newName();
    await createBrowser(suite.url).post('/register', { username: taken, password });
    expect(await browser.post('/register', { username: taken, password })).toMatchObject({ status: 400 });
    const { status, text } = await browser.post('/register', {
      username: 'admin',
      password: 'short\u0000',
      email: 'no',
    });
    expect(status).toBe(400);
    for (const field of ['username', 'password', 'email']) expect(text).toContain(`id="${field}-error"`);
  });
});

describe('the form of a page, sent once the session has ended', () => {
  /** Every route that takes a form of ours, but for those that are for who has no session. */
  const paths = routeTable
    .filter(({ csrf, formOf }) => csrf === 'owner' || formOf !== undefined)
    .map(({ path }) => path)
    .filter((path) => !['/login', '/register', '/logout'].includes(path));
  const fields = { id: 'x', do: 'test', type: 'psa', l1_server: 'https://l1.example' };
  let ended: Browser;

  beforeAll(async () => {
    await browser.post('/register', { username: newName(), password });
    ended = browser.copy();
    await browser.get('/logout');
  });

  it.each(paths)(
    '%s leads to the login, and from there back to a page of ours; the cookie is forgotten',
    async (path) => {
      for (const who of [ended.copy(), createBrowser(suite.url)]) {
        const seen = await who.post(path, fields);
        // What was written of a claim is kept: one logs in on another page.
        if (path === '/claim') {
          expect([seen.status, seen.text.includes('href="/login"')]).toEqual([401, true]);
          continue;
        }
        expect([seen.status, new URL(seen.path, suite.url).pathname]).toEqual([200, '/login']);
        const returnTo = new URL(seen.path, suite.url).searchParams.get('return_to') ?? '';
        expect(seen.text).toContain('Log in');
        expect(who.cookieNames()).not.toContain('session_token');
        const back = await createBrowser(suite.url).get(returnTo);
        expect([back.status, new URL(back.path, suite.url).pathname]).toEqual([200, '/login']);
        expect(new URL(back.path, suite.url).searchParams.get('return_to')).toBe(returnTo);
      }
    },
  );
});
