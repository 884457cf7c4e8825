import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startL1 } from '../packages/l1-kit/src/l1.testing.ts';
import type { Browser } from 'playwright-core';
import { newContext, openChromium } from './lib/chromium.ts';

let chromium: Browser;
beforeAll(async () => void (chromium = await openChromium()));
afterAll(() => chromium?.close());

it('takes the token out of the address bar, and hands it to nobody as a referrer', async () => {
  const seen: IncomingMessage[] = [];
  // Where the browser lands: a page of the L1's host (cookies do not look at ports) that says what a script sees.
  const landing = createServer((req, res) => {
    seen.push(req);
    res.setHeader('content-type', 'text/html');
    res.end('<pre id="at"></pre><script>at.textContent = `at ${location.href} from "${document.referrer}"`</script>');
  });
  await new Promise<void>((resolve) => landing.listen(0, '127.0.0.1', resolve));
  const landingUrl = `http://127.0.0.1:${(landing.address() as AddressInfo).port}`;
  const l1 = await startL1({ landingPath: '/landing' });
  l1.app.get('/landing', (_req, res) => res.redirect(303, `${landingUrl}/there`));
  const { token } = l1.l2.mint('giles', l1.url);

  const context = await newContext(chromium);
  const page = await context.newPage();
  await page.goto(`${l1.url}/auth?auth_token=${token}`);
  expect(await page.textContent('#at')).toBe(`at ${landingUrl}/there from ""`);
  expect(await page.content()).not.toContain(token);
  const there = seen.find(({ url }) => url === '/there');
  expect(there?.headers.referer).toBeUndefined();
  expect(there?.headers.cookie).toMatch(/^l1_session=[\w-]{43}$/);
  expect(await l1.me(String(there?.headers.cookie))).toMatchObject({ status: 200, body: { username: 'giles' } });
  await context.close();
  landing.closeAllConnections();
  landing.close();
  await l1.close();
});
