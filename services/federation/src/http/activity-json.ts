import type { Request, Response } from 'express';

const ACTIVITY_JSON = 'application/activity+json; charset=utf-8';
const NAMES_ACTIVITY_STREAMS = /application\/(?:activity|ld)\+json/i;

/**
 * Answers with an ActivityStreams document (its JSON text, or an object): as `application/activity+json` to who asked for that or
 * for JSON-LD, as `application/json` to everybody else (art-dag-l2.md §6).
 */
export function sendActivityJson(req: Request, res: Response, document: string | Record<string, unknown>): void {
  const asked = NAMES_ACTIVITY_STREAMS.test(req.headers.accept ?? '');
  res.vary('Accept').setHeader('content-type', asked ? ACTIVITY_JSON : 'application/json; charset=utf-8');
  // A buffer, since Express would rewrite the content type of a string.
  res.send(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)));
}
