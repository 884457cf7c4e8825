import { isUtf8 } from 'node:buffer';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../errors.ts';
import { hasBody, readBody } from './read-body.ts';

const JSON_TYPE = /^application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Parses JSON bodies into `req.body` and keeps their bytes in `req.rawBody`. `rawTypes` (media types, lower case)
 * and those of `rawPaths` are left unread for the route. Refuses: 413 body_too_large, 415 unsupported_media_type, 400 invalid_json.
 */
export function jsonBody(o: {
  maxBytes: number;
  rawTypes?: readonly string[];
  rawPaths?: readonly string[];
}): RequestHandler {
  const rawPaths = new Set(o.rawPaths);
  const rawTypes = new Set((o.rawTypes ?? []).map((type) => type.toLowerCase()));
  return (req, _res, next) => {
    if (BODILESS.has(req.method) || !hasBody(req)) return next();
    if (rawPaths.has(req.path)) return next();
    const type = req.headers['content-type'] ?? '';
    if (rawTypes.size > 0 && rawTypes.has((type.split(';', 1)[0] ?? '').trim().toLowerCase())) return next();
    const refused = refusal(req, type);
    if (refused !== undefined) return next(refused);
    readBody(req, o.maxBytes).then((bytes) => {
      req.rawBody = bytes;
      const problem = bytes.length === 0 ? undefined : parseInto(req, bytes);
      next(problem);
    }, next);
  };
}

function refusal(req: Request, type: string): AppError | undefined {
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    return unsupported(`A body with Content-Encoding ${encoding} is not taken; send it as it is.`);
  }
  if (!JSON_TYPE.test(type)) return unsupported('This route takes JSON: send Content-Type: application/json.');
  const charset = CHARSET.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
  if (charset !== 'utf-8' && charset !== 'utf8') return unsupported('JSON is taken in UTF-8 only.');
  return undefined;
}

function unsupported(message: string): AppError {
  return new AppError('unsupported_media_type', 415, message);
}

function parseInto(req: Request, bytes: Buffer): AppError | undefined {
  if (!isUtf8(bytes)) return new AppError('invalid_json', 400, 'The body is not valid UTF-8.');
  try {
    req.body = JSON.parse(bytes.toString('utf8'));
    return undefined;
  } catch {
    return new AppError('invalid_json', 400, 'The body is not valid JSON.');
  }
}
