import type { Response } from 'express';

/** Answers with what pages of any site may read, and caches keep for half an hour. */
export function sendPublicly(res: Response, contentType: string, text: string): void {
  res.setHeader('access-control-allow-origin', '*').setHeader('cache-control', 'public, max-age=1800');
  // A buffer, since Express would rewrite the content type of a string.
  res.setHeader('content-type', contentType).send(Buffer.from(text));
}
