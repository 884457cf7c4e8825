import type { Locator, Page, Response } from 'playwright-core';

export interface Button {
  /** What it is called. */
  press: string | RegExp;
  /** Where it is. Default: `main` */
  within?: string;
}

/** What to type or choose, by the names of the fields; a list ticks these boxes and no others. */
export type Filling = Record<string, string | readonly string[]>;

export function buttonOf(page: Page, { press, within = 'main' }: Button): Locator {
  return page.locator(within).getByRole('button', { name: press, exact: true });
}

export async function fillIn(page: Page, fields: Filling): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    const controls = page.locator(`main [name="${name}"]`);
    if (typeof value !== 'string') {
      for (const box of await controls.all())
        await box.setChecked(value.includes((await box.getAttribute('value')) ?? ''));
    } else if ((await controls.evaluate(({ tagName }: { tagName: string }) => tagName)) === 'SELECT')
      await controls.selectOption(value);
    else await controls.fill(value);
  }
}

/** The answer, at the end of its redirects, of what makes the page go somewhere. */
export async function after(page: Page, act: () => Promise<void>): Promise<Response> {
  const [response] = await Promise.all([
    page.waitForResponse(async (answer) => {
      const request = answer.request();
      return (
        request.isNavigationRequest() &&
        request.frame() === page.mainFrame() &&
        answer.headers()['location'] === undefined
      );
    }),
    page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame()),
    act(),
  ]);
  await page.waitForLoadState('load');
  return response;
}

/** Path and query of where a page is. */
export function pathOf(page: Page): string {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}
