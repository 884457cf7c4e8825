import { createHash } from 'node:crypto';
import { csrfTokenOf, isKnown } from '@artdag/service-kit';
import type { Request, Response } from 'express';
import { sessionSecretOf } from '../gateway/session-secret.ts';
import type { StaticFile, StaticFiles } from '../static/static-files.ts';
import type { Visitor, VisitorOf } from '../visitor/visitor.ts';
import { html, type Html } from './html.ts';
import { navigation, type Section } from './navigation.ts';
import { contentSecurityPolicy, type PagePolicy } from './security-policy.ts';

export interface Page extends PagePolicy {
  title: string;
  main: Html;
  footer?: Html;
  /** The part of the site in which it is. */
  section?: Section;
  /** Where the same is as ActivityStreams, for apps that are given the page's address. */
  activityStreams?: string;
  /** The page holds what its reader is typing, or what only they may see: nothing keeps a copy. */
  personal?: boolean;
  /** A script that this page has besides the one that all have. */
  script?: StaticFile;
}

/** Answers with a page under the head that every page has: where one is, and as whom. A browser that has it already, and may keep it, gets 304 (RFC 9110 §13.1.2). */
export type SendPage = (req: Request, res: Response, status: number, page: Page) => Promise<void>;

/** The suite's name, on every page. */
export const siteName = 'Art DAG L2';

export interface PageOptions {
  visitorOf: VisitorOf;
  files: StaticFiles;
  publicScheme: 'https' | 'http';
}

export function createSendPage({ visitorOf, files, publicScheme }: PageOptions): SendPage {
  return async (req, res, status, page) => {
    const visitor = await visitorOf(req);
    const isShared = visitor.state === 'anonymous' && page.personal !== true;
    if (
      page.mediaFrom !== undefined ||
      page.formTargets !== undefined ||
      page.connects === true ||
      page.worker === true
    )
      res.set('content-security-policy', contentSecurityPolicy(publicScheme, page));
    // A path may have JSON for programs, and every page shows who is signed in.
    res.set({ vary: 'Accept, Cookie', 'cache-control': isShared ? 'private, no-cache' : 'no-store' });
    const text = document({ page, files, account: accountLinks(visitor, csrfField(req)) }).toString();
    if (isShared && status === 200) sendWithETag(req, res, text);
    else res.status(status).set('content-type', 'text/html; charset=utf-8').send(text);
  };
}

/** 304 without a body to who has the page already. */
function sendWithETag(req: Request, res: Response, text: string): void {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
  res.set({ etag });
  if (isKnown(req.get('if-none-match'), etag)) res.status(304).end();
  else res.set('content-type', 'text/html; charset=utf-8').send(text);
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
  return html`<a href="/claim">Claim</a> <a href="/renderers">Renderers</a> <a href="/storage">Storage</a>
    <a href="/account"><strong>${visitor.username}</strong></a> ${logout}`;
}

function document({ page, files, account }: { page: Page; files: StaticFiles; account: Html }): Html {
  const { title, main, footer = html``, section, activityStreams, script } = page;
  const alternate =
    activityStreams === undefined
      ? ''
      : html`<link rel="alternate" type="application/activity+json" href="${activityStreams}" />`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="${files.stylesheet.path}" />
        <link rel="icon" type="${files.icon.type}" href="${files.icon.path}" />
        ${alternate}
        <script src="${files.script.path}" defer></script>
        ${script === undefined ? '' : html`<script src="${script.path}" type="module"></script>`}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <a class="brand" href="/">${mark} ${siteName}</a>
          ${navigation(section)}
          <nav aria-label="Account">${account}</nav>
        </header>
        <main id="content" tabindex="-1">${main}</main>
        <footer>${footer}</footer>
      </body>
    </html> `;
}

/** Three works, one made from the other two. */
const mark = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <path d="M6 6 L12 18 L18 6" fill="none" stroke-width="2" />
  <circle cx="6" cy="6" r="3" />
  <circle cx="18" cy="6" r="3" />
  <circle cx="12" cy="18" r="3" />
</svg>`;
