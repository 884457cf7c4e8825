import { AppError, type Logger } from '@artdag/service-kit';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { seeOther } from '../account/finish-form.ts';
import { linkWith } from '../account/return-to.ts';
import { html } from '../html/html.ts';
import { siteName, type SendPage } from '../html/page.ts';

/** Ends the route table: what no route has taken is not there. */
export function notFoundRoute(sendPage: SendPage): RequestHandler {
  return async (req, res) => {
    const text = 'There is no page at this address. It may have been mistyped.';
    await sendErrorPage(sendPage, req, res, { status: 404, title: 'Page not found', text });
  };
}

/** For the methods that a page does not have. */
export function methodNotAllowedRoute(sendPage: SendPage, allow: string): RequestHandler {
  return async (req, res) => {
    res.set('allow', allow);
    const text = allow.includes('POST') ? 'This page does not take such a request.' : 'This page can only be read.';
    await sendErrorPage(sendPage, req, res, { status: 405, title: 'Method not allowed', text });
  };
}

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'You are not logged in',
  403: 'Request refused',
  404: 'Page not found',
  410: 'No longer here',
  413: 'Too much was sent',
  415: 'Not a form of ours',
  429: 'Too many requests',
  503: 'Not available at the moment',
};

/** Refusals as pages, with their status; who has to log in for a page is led to the login, and back. Bugs, and who takes no pages, go on, to be logged and answered where every service does that. */
export function errorPage(sendPage: SendPage, logger: Logger): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    if (!(error instanceof AppError) || error.status === 406 || res.headersSent) return next(error);
    const { status, code, message } = error;
    if (status >= 500) logger.warn(`A page failed: ${code}`, { request_id: res.locals.requestId, error });
    res.set(error.headers);
    if (status === 401 && req.method === 'GET') return seeOther(res, linkWith('/login', req.originalUrl));
    const title = titles[status] ?? 'That did not work';
    await sendErrorPage(sendPage, req, res, { status, title, text: message, code });
  };
}

async function sendErrorPage(
  sendPage: SendPage,
  req: Request,
  res: Response,
  { status, title, text, code }: { status: number; title: string; text: string; code?: string },
): Promise<void> {
  const main = html`<h1>${title}</h1>
    <p>${text}</p>
    <p><a href="/">To the home page</a></p>`;
  const footer = html`${code === undefined ? '' : `Error ${code} · `}Request ${res.locals.requestId}`;
  await sendPage(req, res, status, { title: `${title} · ${siteName}`, main, footer });
}
