import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

export interface Look {
  width: number;
  colorScheme: 'light' | 'dark';
  javaScript: boolean;
  /** `name=value; …` */
  cookie?: string;
}

const patienceMs = 180_000;

/** Debian's Chromium, without a window. What the suite tests has to be there: in a container it runs without its own sandbox. */
export function openChromium(): Promise<Browser> {
  const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'], timeout: patienceMs });
}

/** A browser profile of its own. Nothing in it is given up before a test as a whole is. */
export async function newContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(patienceMs);
  return context;
}

/** A browser profile that looks so. */
export async function openContext(browser: Browser, url: string, look: Look): Promise<BrowserContext> {
  const context = await newContext(browser, {
    viewport: { width: look.width, height: 800 },
    colorScheme: look.colorScheme,
    javaScriptEnabled: look.javaScript,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Asia/Tokyo',
  });
  const cookies = (look.cookie ?? '').split('; ').filter((pair) => pair !== '');
  await context.addCookies(
    cookies.map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1), url })),
  );
  return context;
}

/** Shows a page that is there in another window. */
export async function wear(page: Page, { width, colorScheme }: Pick<Look, 'width' | 'colorScheme'>): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme });
}

/** What a page's own script would see, by a script of `in-page/` whose last expression is asked for. */
export function evaluateIn<T>(page: Page, script: string): Promise<T> {
  return page.evaluate<T>(readFileSync(new URL(`in-page/${script}`, import.meta.url), 'utf8'));
}

/**
 * What is wrong with where things are on a page: it scrolls sideways, a box sticks out of the window or holds more than it shows, texts lie
 * on each other. Measured on the boxes; empty for a page that is right. Needs JavaScript in the context.
 */
export function findLayoutFaults(page: Page): Promise<string[]> {
  return evaluateIn(page, 'layout-faults.js');
}

interface AxeResults {
  violations: { id: string; impact: string; nodes: { html: string }[] }[];
}

/** What axe-core finds serious or critical on a page: the rule, and the first element that breaks it. Needs JavaScript in the context. */
export async function findSeriousFaults(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'], iframes: false })");
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
