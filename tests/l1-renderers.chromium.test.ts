import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import type { Browser, Page } from 'playwright-core';
import { call } from './lib/api-client.ts';
import { newContext, openChromium } from './lib/chromium.ts';
import { reservePorts, startCircles, type L1 } from './lib/l1/l1.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const password = 'correct horse battery staple';
let chromium: Browser;
let suite: StandaloneSuite;
let circles: L1;
let late: L1;
let l2 = '';
/** Another site than L2's, as it is in life. */
let l1 = '';
/** The last of many. */
let lateL1 = '';

beforeAll(async () => {
  const { ports } = await reservePorts(2);
  l1 = `http://127.0.0.1:${ports[0]}`;
  lateL1 = `http://127.0.0.1:${ports[1]}`;
  const others = Array.from({ length: 30 }, (_, n) => `https://l1-${n}.example`);
  const servers = [l1, ...others, lateL1].join(',');
  suite = await startStandalone({ env: { L1_SERVERS: servers, OTS_CALENDARS: 'none' } });
  l2 = `http://localhost:${new URL(suite.url).port}`;
  circles = await startCircles(l2, ports[0] ?? 0, { L1_PUBLIC_URL: l1 });
  late = await startCircles(l2, ports[1] ?? 0, { L1_PUBLIC_URL: lateL1 });
  chromium = await openChromium();
});
afterAll(async () => {
  await chromium?.close();
  await circles?.stop();
  await late?.stop();
  await suite?.remove();
});

/** Somebody new, who has registered, on the page of the renderers: strangers come to it by the login. */
async function newcomer(): Promise<{ page: Page; username: string }> {
  const username = `u${randomUUID().slice(0, 8)}`;
  const page = await (await newContext(chromium)).newPage();
  await page.goto(`${l2}/renderers`);
  expect(page.url()).toBe(`${l2}/login?return_to=%2Frenderers`);
  await page.click('main a:text("Register")');
  await page.waitForURL(({ pathname }) => pathname === '/register');
  await page.fill('[name=username]', username);
  await page.fill('[name=password]', password);
  await page.click('main button');
  await page.waitForURL(`${l2}/renderers`);
  return { page, username };
}

const button = (label: string): string => `button[aria-label="${label} ${l1}"]`;
const studio = (): string => `${l1}/studio`;

async function attach(page: Page, label = 'Attach'): Promise<void> {
  await page.click(button(label));
  await page.waitForURL(studio());
}

/** Until the next request there is refused, in the same browser. */
const isOut = (page: Page): Promise<void> =>
  eventually(async () => {
    expect((await page.goto(studio()))?.status()).toBe(401);
    expect(await page.textContent('h1')).toBe('You are not signed in here');
  });

describe('a browser', () => {
  it('attaches by one click, renders and publishes there, logs out here, and is out there', async () => {
    const { page, username } = await newcomer();
    const asked: { url: string; referer: string | undefined }[] = [];
    page.on('request', (request) => asked.push({ url: request.url(), referer: request.headers()['referer'] }));

    await attach(page);
    expect(await page.textContent('#who')).toBe(`${username} (${username} of ${l2})`);
    const arrived = asked.filter(({ url }) => url.startsWith(`${l1}/auth?auth_token=`));
    expect(arrived.map(({ referer }) => referer)).toEqual([undefined]);

    await page.fill('[name=seed]', username);
    await page.click('button:text("Render")');
    await page.waitForSelector('li img');
    await page.click('button:text("Publish")');
    await page.waitForURL(`${l1}/runs/*/publish`);
    const asset = JSON.parse(String(await page.textContent('body'))) as { name: string };
    expect((await call(suite.url, `/assets/${asset.name}`)).body).toMatchObject({
      owner: username,
      provenance: {
        l1_server: l1,
        recipe: { seed: username, circles: 12 },
        rendered_by: `@${username}@${new URL(l2).host}`,
      },
    });

    await page.goto(`${l2}/renderers`);
    expect(await page.textContent('main li')).toContain('· attached');
    await page.click('nav button:text("Log out")');
    await page.waitForURL(`${l2}/`);
    await isOut(page);
    await eventually(() => expect(circles.output()).toContain(`signed out: ${username} of ${l2} (logout)`));
    console.log(circles.output().trim().split('\n').at(-1));
    await page.context().close();
  });

  it('comes back with Open, and is out after Detach', async () => {
    const { page, username } = await newcomer();
    await attach(page);
    await page.context().clearCookies({ name: 'l1_session' });
    await isOut(page);
    await page.goto(`${l2}/renderers`);
    await attach(page, 'Open');
    expect(await page.textContent('#who')).toContain(username);
    await page.goto(`${l2}/renderers`);
    await page.click(button('Detach'));
    await page.waitForSelector(button('Attach'));
    expect([page.url(), await page.isVisible(button('Detach'))]).toEqual([`${l2}/renderers`, false]);
    await isOut(page);
    await page.context().close();
  });

  it('attaches to the last of many, which is on a later page', async () => {
    const { page, username } = await newcomer();
    const last = `button[aria-label="Attach ${lateL1}"]`;
    expect(await page.locator(last).count()).toBe(0);
    await page.click('nav[aria-label="Pages"] a[rel=next]');
    await page.click(last);
    await page.waitForURL(`${lateL1}/studio`);
    expect(await page.textContent('#who')).toBe(`${username} (${username} of ${l2})`);
    await page.context().close();
  });

  it('goes nowhere when the page’s policy names itself alone: the redirect is held against it, too', async () => {
    const { page } = await newcomer();
    await page.route(`${l2}/renderers`, async (route) => {
      const response = await route.fetch();
      const policy = response.headers()['content-security-policy'] ?? '';
      expect(policy).toContain(`form-action 'self' ${l1} https://l1-0.example `);
      expect(policy).not.toContain(lateL1);
      const narrow = policy.replace(/form-action [^;]*/, "form-action 'self'");
      await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': narrow } });
    });
    await page.goto(`${l2}/renderers`);
    const complaint = page.waitForEvent('console', (message) => message.text().includes("form-action 'self'"));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.click(button('Attach'), { noWaitAfter: true });
    expect((await complaint).text()).toContain('has been blocked');
    expect([page.url(), asked.filter((url) => url.startsWith(l1))]).toEqual([`${l2}/renderers`, []]);
    await page.context().close();
  });
});
