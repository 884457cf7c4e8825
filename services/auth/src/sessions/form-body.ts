import { AppError, readBody } from '@artdag/service-kit';
import type { Request, RequestHandler } from 'express';

export const formType = 'application/x-www-form-urlencoded';

const maxBytes = 16 * 1024;

export function isForm(req: Request): boolean {
  return mediaType(req) === formType;
}

/** The fields of a form. The first of a name counts. @throws AppError 413 `body_too_large` */
export async function readForm(req: Request): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(req, maxBytes)).toString('utf8'));
}

/** 415 for forms on all routes but these. */
export function takeFormsAt(...paths: string[]): RequestHandler {
  const takers = new Set(paths);
  return (req, _res, next) => {
    if (req.method === 'GET' || !isForm(req) || takers.has(req.path)) return next();
    const message = 'This route takes JSON: send Content-Type: application/json.';
    next(new AppError('unsupported_media_type', 415, message));
  };
}

function mediaType(req: Request): string {
  return ((req.headers['content-type'] ?? '').split(';', 1)[0] ?? '').trim().toLowerCase();
}
