import { AppError } from '@artdag/service-kit';
import type { Response } from 'express';

/** What never changes. */
export const forEver = 'public, max-age=31536000, immutable';

/** Answers text as the C2SP specifications have it. */
export function sendNote(res: Response, text: string, cacheControl: string): void {
  res.setHeader('content-type', 'text/plain; charset=utf-8');
  res.setHeader('cache-control', cacheControl);
  res.end(text);
}

/** 404 that no cache may keep: it may be there in a second. */
export function notInLog(message: string): AppError {
  return new AppError('not_found', 404, message, { headers: { 'cache-control': 'no-store' } });
}
