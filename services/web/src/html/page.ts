import type { Response } from 'express';
import { html, trusted, type Html } from './html.ts';
import { stylesheet } from './stylesheet.ts';

export interface Page {
  title: string;
  main: Html;
  footer?: Html;
}

/** The suite's name, on every page. */
export const siteName = 'Art DAG L2';

// One value, so that no formatting comes between the tags: the policy knows the sheet by its hash.
const style = trusted(`<style>${stylesheet}</style>`);

/** Answers with a page. `Vary`: a path may have JSON for programs, and pages will show who is signed in. */
export function sendPage(res: Response, status: number, page: Page): void {
  res
    .status(status)
    .set({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache', vary: 'Accept, Cookie' })
    .send(document(page).toString());
}

function document({ title, main, footer = html`` }: Page): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        <header><a href="/">${siteName}</a></header>
        <main>${main}</main>
        <footer>${footer}</footer>
      </body>
    </html> `;
}
