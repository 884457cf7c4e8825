import { createHash } from 'node:crypto';
import { isKnown } from '@artdag/service-kit';
import type { Request, Response } from 'express';

/**
 * Answers with what everybody may see and keep: a cache asks whether it is still so (RFC 9110 §13.1.2), since a profile that was deleted is
 * to be seen no more.
 */
export function sendPublic(req: Request, res: Response, body: object): void {
  const text = JSON.stringify(body);
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
  res.set({ etag, 'cache-control': 'public, no-cache' });
  if (isKnown(req.get('if-none-match'), etag)) return void res.status(304).end();
  res.type('json').send(text);
}
