import type { NextFunction, Request, Response } from 'express';
import { KitError } from './kit-error.ts';

/** Ends an error of ours: a page for browsers, JSON for everybody else. Errors of others go on to the application. */
export function answerError(error: unknown, req: Request, res: Response, next: NextFunction): void {
  if (!(error instanceof KitError) || res.headersSent) return next(error);
  const { code, status, message, headers, l2Code } = error;
  res.status(status).set({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', ...headers });
  if (req.method === 'GET' && req.accepts(['json', 'html']) === 'html') res.type('html').send(page(error));
  else res.json({ code, detail: message, ...(l2Code === undefined ? {} : { l2_code: l2Code }) });
}

function page({ code, status, message }: KitError): string {
  const title = status >= 500 ? 'Not now' : 'You are not signed in here';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body><main><h1>${title}</h1><p>${escapeHtml(message)}</p><p><code>${code}</code></p></main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? '');
}
