import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import type { Browser, Locator, Page, Response } from 'playwright-core';
import { findLayoutFaults, openContext, wear, type Look } from '../chromium.ts';
import { expectKept } from './expect-kept.ts';
import { formOf, formsOn, uncheckForms } from './forms-on.ts';
import type { Mirror } from './mirror.ts';
import { after, buttonOf, fillIn, pathOf, type Button, type Filling } from './pressing.ts';

/** Which forms were met, and which sent, and where a window of that width was clicked for it: as `Form.sends` writes them. */
export interface Met {
  seen: Map<string, string>;
  sent: Map<string, number[]>;
}

export interface Press extends Button {
  fill?: Filling;
}

export interface Taken extends Press {
  /** The path that the form leads to, with its query; or how it begins. */
  leadsTo: string | RegExp;
  /** What the page there says. */
  says?: string;
  /** Default: 200 */
  status?: number;
  /** Whether the page there may find something wrong. */
  mayComplain?: boolean;
}

export interface Refused extends Press {
  status: number;
  /** What is said at fields, by their names. */
  wrong?: Record<string, string>;
  /** What is said of the form as a whole. */
  says?: string;
}

/** Somebody who goes through pages and forms. Each page that they come to is measured, and its forms are noted. */
export interface Walk {
  page: Page;
  /** The origin of the pages. */
  url: string;
  open(path: string, status?: number): Promise<void>;
  /** Follows a link of the page's content by its words. */
  follow(words: string): Promise<void>;
  fill(fields: Filling): Promise<void>;
  /** Looks at what is there now. */
  look(): Promise<void>;
  /** Sends a form that has to be taken. */
  send(o: Taken): Promise<void>;
  /** Sends a form, unchecked by the browser, that has to come back with what was typed and what is wrong with it. */
  sendWrong(o: Refused): Promise<void>;
  /** Presses a button that was right when its page was shown, and is not any more: the page says so, and may not have it now. */
  sendLate(o: Button & { status: number; says: string }): Promise<void>;
  /** Sends a form that leads away, to a page that is not ours. */
  press(o: Press): Promise<Response>;
  /** Presses a button whose form a script takes: the page stays. */
  pressInPage(o: Button): Promise<void>;
  close(): Promise<void>;
}

export interface Surroundings {
  browser: Browser;
  mirror: Mirror;
  /** The origin of the pages. */
  url: string;
  met: Met;
}

type Window = Pick<Look, 'width' | 'colorScheme'>;

const desktop: Window = { width: 1280, colorScheme: 'light' };
const phone: Window = { width: 360, colorScheme: 'dark' };
const looks = [desktop, phone];

/**
 * A browser of one's own, now a phone in the dark, now a desktop in the light. Each page is measured as both. Each button can be reached in both,
 * and is clicked in the one in which its form was sent less often.
 */
export async function startWalk({ browser, mirror, url, met }: Surroundings, javaScript: boolean): Promise<Walk> {
  const context = await openContext(browser, url, { width: 360, colorScheme: 'dark', javaScript });
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => {
    // Browsers write each answer of 400 and more there.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load')) said.push(message.text());
  });

  async function lookAt(): Promise<void> {
    const at = pathOf(page);
    for (const { isShown, sends } of await formsOn(page))
      for (const one of sends) if (isShown && one !== '') met.seen.set(one, at);
    for (const look of looks) {
      await wear(page, look);
      const faults = [...(await findLayoutFaults(page)), ...(await mirror.findSeriousFaults(page, look))];
      expect({ at, look, faults }).toEqual({ at, look, faults: [] });
    }
    expect({ at, isNamed: (await page.title()).trim() !== '' }).toEqual({ at, isNamed: true });
  }

  /** Goes to the button of a form, ready to be clicked: in a window in which nothing lies on it, as in the other one. */
  async function goTo(o: Button): Promise<{ button: Locator; note: () => void }> {
    const button = buttonOf(page, o);
    const { sent } = await formOf(page, button);
    const widths = met.sent.get(sent) ?? [];
    const times = ({ width }: Window): number => widths.filter((one) => one === width).length;
    const here = times(desktop) <= times(phone) ? desktop : phone;
    for (const window of [here === desktop ? phone : desktop, here]) {
      await wear(page, window);
      await button.click({ trial: true });
    }
    return { button, note: () => void met.sent.set(sent, [...widths, here.width]) };
  }

  async function press({ fill = {}, ...o }: Press): Promise<Response> {
    await fillIn(page, fill);
    const { button, note } = await goTo(o);
    const answer = await after(page, () => button.click({ noWaitAfter: true }));
    note();
    return answer;
  }

  return {
    ...{ page, url, press },
    look: lookAt,
    fill: (fields) => fillIn(page, fields),
    async open(path, status = 200) {
      const answer = await page.goto(`${url}${path}`);
      expect([path, answer?.status()]).toEqual([path, status]);
      await lookAt();
    },
    async follow(words) {
      await after(page, () => page.locator('main').getByRole('link', { name: words, exact: true }).click());
      await lookAt();
    },
    async send({ leadsTo, says, status = 200, mayComplain, ...o }) {
      const answer = await press(o);
      const errors = await page.locator('main p.error, main .field .error').allInnerTexts();
      const path: unknown = typeof leadsTo === 'string' ? leadsTo : expect.stringMatching(leadsTo);
      const asMeant = { status, path, ...(mayComplain === true ? {} : { errors: [] }) };
      expect({ status: answer.status(), path: pathOf(page), errors }).toMatchObject(asMeant);
      if (says !== undefined) expect(await page.innerText('main')).toContain(says);
      await lookAt();
    },
    async sendWrong({ status, wrong = {}, says, fill = {}, ...o }) {
      await uncheckForms(page);
      await fillIn(page, fill);
      const { form: typed } = await formOf(page, buttonOf(page, o));
      const answer = await press(o);
      expect([pathOf(page), answer.status()]).toEqual([pathOf(page), status]);
      // The first wrong field is gone to a moment after the page is there.
      await eventually(async () => expectKept(typed, (await formOf(page, buttonOf(page, o))).form, wrong));
      if (says !== undefined) expect(await page.innerText('main [role=alert]')).toContain(says);
      expect(await page.title()).toMatch(/^Error: /);
      await lookAt();
    },
    async sendLate({ status, says, ...button }) {
      const answer = await press(button);
      expect([pathOf(page), answer.status()]).toEqual([pathOf(page), status]);
      expect(await page.innerText('main [role=alert]')).toContain(says);
      expect(await page.title()).toMatch(/^Error: /);
      await lookAt();
    },
    async pressInPage(o) {
      const { button, note } = await goTo(o);
      await button.click();
      note();
    },
    async close() {
      await context.close();
      expect(said).toEqual([]);
    },
  };
}
