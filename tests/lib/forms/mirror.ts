import type { Browser, Page } from 'playwright-core';
import { evaluateIn, findSeriousFaults, openContext, wear, type Look } from '../chromium.ts';

/** axe-core runs in the page, so not where JavaScript is off: it gets a copy of what is there, in the same window. */
export interface Mirror {
  findSeriousFaults(page: Page, look: Pick<Look, 'width' | 'colorScheme'>): Promise<string[]>;
}

export async function createMirror(browser: Browser, url: string): Promise<Mirror> {
  const context = await openContext(browser, url, { width: 360, colorScheme: 'light', javaScript: true });
  const mirror = await context.newPage();
  await mirror.route(`${url}/mirror`, (route) => route.fulfill({ body: '<html lang="en">', contentType: 'text/html' }));
  await mirror.goto(`${url}/mirror`);
  await evaluateIn(mirror, 'copy-page.js');
  const known = new Set<string>();
  return {
    async findSeriousFaults(page, look) {
      // Where scripts run what is in `noscript` is text.
      const html = (await page.content()).replaceAll(/<(\/?)noscript/g, '<$1div');
      const build = `${look.width} ${look.colorScheme} ${buildOf(html)}`;
      if (known.has(build)) return [];
      known.add(build);
      await wear(mirror, look);
      await mirror.evaluate(`copyPage(${JSON.stringify(html)})`);
      return findSeriousFaults(mirror);
    },
  };
}

/** What a page is made of, without its words: axe-core finds nothing new in a page of the same build. */
function buildOf(html: string): string {
  return html.replaceAll(/>[^<]+/g, '>').replaceAll(/\b(?:href|value|datetime|data-[a-z-]+)="[^"]*"/g, '');
}
