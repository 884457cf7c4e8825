import { AppError, isCrossSiteRequest, readBody } from '@artdag/service-kit';
import type { Request } from 'express';
import { cookieCameTwice, sessionSecretOf } from '../gateway/session-secret.ts';

const usualBytes = 16 * 1024;

/**
 * The fields of a form that one of our own pages sent.
 *
 * @throws AppError 403 `csrf` when another site may have sent it (also to sign somebody in as somebody else, so also
 *   from visitors without a session), 413 `body_too_large`, 415 `unsupported_media_type`
 */
export async function readOwnForm(
  req: Request,
  publicOrigins: readonly string[],
  maxBytes = usualBytes,
): Promise<URLSearchParams> {
  const type = (req.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new AppError('unsupported_media_type', 415, 'This address takes the form of its own page.');
  }
  const form = new URLSearchParams((await readBody(req, maxBytes)).toString('utf8'));
  if (isForeign(req, form, publicOrigins)) {
    const message =
      'This form came from another site, or from a page that is out of date. Open our page and try again.';
    throw new AppError('csrf', 403, message);
  }
  return form;
}

function isForeign(req: Request, form: URLSearchParams, publicOrigins: readonly string[]): boolean {
  const origin = req.get('origin');
  const secFetchSite = req.get('sec-fetch-site');
  const sessionSecret = sessionSecretOf(req.get('cookie'));
  // Every browser names the origin of a form that is posted. What names none and has no session is a program.
  if (origin === undefined && secFetchSite === undefined && sessionSecret === undefined) return false;
  // Who can plant a cookie can make its token: it says nothing against a browser that names another site, nor for one cookie of two.
  const isNamed = origin !== undefined && origin !== 'null' && !publicOrigins.includes(origin);
  const isForeignSite = secFetchSite === 'cross-site' || secFetchSite === 'same-site';
  const isWorthless = isNamed || isForeignSite || cookieCameTwice(req.get('cookie'));
  const csrfToken = isWorthless ? undefined : (form.get('_csrf') ?? undefined);
  return isCrossSiteRequest({ method: req.method, origin, secFetchSite, csrfToken, sessionSecret, publicOrigins });
}
