import { cookieValues } from '@artdag/service-kit';
import type { Request } from 'express';
import { platformCookie, sessionCookie } from '../cookies/session-cookies.ts';

/** A credential as a request carries it. */
export interface Carried {
  carrier: 'api_key' | 'bearer' | 'cookie';
  secret: string;
}

/**
 * What a request shows of itself, in the order of credentials.md §1. A header that is there is the only one that counts; of the
 * cookies each is tried. An `Authorization` of another scheme, or one that is malformed, is an empty secret: nobody's.
 */
export function carriedCredentials(req: Request): Carried[] {
  const apiKey = req.headers['x-api-key'];
  if (apiKey !== undefined) return [{ carrier: 'api_key', secret: String(apiKey) }];
  const { authorization } = req.headers;
  if (authorization !== undefined) {
    return [{ carrier: 'bearer', secret: /^Bearer +([^\s]+) *$/i.exec(authorization)?.[1] ?? '' }];
  }
  return [sessionCookie, platformCookie].flatMap((name) => {
    const value = cookieOf(req, name);
    return value === undefined ? [] : [{ carrier: 'cookie', secret: value } as const];
  });
}

/** Whether there is a cookie that may have to be taken back. */
export function hasSessionCookie(req: Request): boolean {
  return [sessionCookie, platformCookie].some((name) => cookieValues(req.headers.cookie, name).length > 0);
}

/** The cookie's value, unless there are several of the name: which one is ours cannot be told. */
export function cookieOf(req: Request, name: string): string | undefined {
  const values = cookieValues(req.headers.cookie, name);
  return values.length === 1 ? values[0] : undefined;
}
