import type { Response } from 'express';

/** What never changes. */
export const forEver = 'public, max-age=31536000, immutable';

/** Answers text as the C2SP specifications have it. */
export function sendNote(res: Response, text: string, cacheControl: string): void {
  res.setHeader('content-type', 'text/plain; charset=utf-8');
  res.setHeader('cache-control', cacheControl);
  res.end(text);
}
