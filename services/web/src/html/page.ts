import { csrfTokenOf } from '@artdag/service-kit';
import type { Request, Response } from 'express';
import { sessionSecretOf } from '../gateway/session-secret.ts';
import type { Visitor, VisitorOf } from '../visitor/visitor.ts';
import { html, trusted, type Html } from './html.ts';
import { stylesheet } from './stylesheet.ts';

export interface Page {
  title: string;
  main: Html;
  footer?: Html;
  /** The page holds what its reader is typing, or what only they may see: nothing keeps a copy. */
  personal?: boolean;
}

/** Answers with a page under the head that every page has: where one is, and as whom. */
export type SendPage = (req: Request, res: Response, status: number, page: Page) => Promise<void>;

/** The suite's name, on every page. */
export const siteName = 'Art DAG L2';

// One value, so that no formatting comes between the tags: the policy knows the sheet by its hash.
const style = trusted(`<style>${stylesheet}</style>`);

export function createSendPage(visitorOf: VisitorOf): SendPage {
  return async (req, res, status, page) => {
    const visitor = await visitorOf(req);
    const isShared = visitor.state === 'anonymous' && page.personal !== true;
    res
      .status(status)
      // A path may have JSON for programs, and every page shows who is signed in.
      .set({ 'content-type': 'text/html; charset=utf-8', vary: 'Accept, Cookie' })
      .set('cache-control', isShared ? 'private, no-cache' : 'no-store')
      .send(document(page, accountLinks(visitor, csrfField(req))).toString());
  };
}

/** The hidden field by which a form shows that it is ours; empty for visitors without a session, who have nothing to lose. */
export function csrfField(req: Request): Html {
  const secret = sessionSecretOf(req.get('cookie'));
  return secret === undefined ? html`` : html`<input type="hidden" name="_csrf" value="${csrfTokenOf(secret)}" />`;
}

function accountLinks(visitor: Visitor, csrf: Html): Html {
  const login = html`<a href="/login">Log in</a>`;
  const logout = html`<form method="post" action="/logout">${csrf}<button class="link">Log out</button></form>`;
  if (visitor.state === 'anonymous') return html`${login} <a href="/register">Register</a>`;
  if (visitor.state === 'unknown') return html`${login} ${logout}`;
  return html`<strong>${visitor.username}</strong> ${logout}`;
}

function document({ title, main, footer = html`` }: Page, account: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        <header>
          <a href="/">${siteName}</a>
          <nav aria-label="Account">${account}</nav>
        </header>
        <main>${main}</main>
        <footer>${footer}</footer>
      </body>
    </html> `;
}
