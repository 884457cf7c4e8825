import type { RequestHandler } from 'express';
import { html } from '../html/html.ts';
import { sendPage, siteName } from '../html/page.ts';

/** Ends the route table: what no route has taken is not there. */
export function notFoundRoute(): RequestHandler {
  return (_req, res) => {
    sendErrorPage(res, 404, 'Page not found', 'There is no page at this address. It may have been mistyped.');
  };
}

/** Pages are read, not written to. */
export function readOnlyRoute(): RequestHandler {
  return (_req, res) => {
    res.set('allow', 'GET, HEAD');
    sendErrorPage(res, 405, 'Method not allowed', 'This page can only be read.');
  };
}

function sendErrorPage(res: Parameters<RequestHandler>[1], status: number, title: string, text: string): void {
  const main = html`<h1>${title}</h1>
    <p>${text}</p>
    <p><a href="/">To the home page</a></p>`;
  const footer = html`Request ${res.locals.requestId}`;
  sendPage(res, status, { title: `${title} · ${siteName}`, main, footer });
}
