import { AppError, clientIp } from '@artdag/service-kit';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { clientOf } from '../sessions/client-of.ts';
import { isForm, readForm } from '../sessions/form-body.ts';
import { clientHash } from './refresh-token.ts';
import { refresh, type RefreshDeps } from './refresh.ts';

export const refreshBodySchema = z.object({ refresh_token: z.string().min(1).max(4096) });

/**
 * `POST /auth/refresh` `{refresh_token}` (JSON, or the form of RFC 6749 §6) → 200 `{access_token, token_type, expires_in, refresh_token,
 * refresh_expires_at}`; 400 `invalid_grant`.
 */
export function refreshRoute(deps: RefreshDeps): RequestHandler {
  return async (req, res) => {
    const { refresh_token: secret } = refreshBodySchema.parse(await bodyOf(req));
    const { userAgent } = clientOf(req);
    const by = { ip: clientIp(req), requestId: res.locals.requestId };
    const made = await refresh(deps, { secret, clientHash: clientHash(userAgent) }, by);
    // RFC 6749 §5.1: not to be stored by caches.
    res.set('cache-control', 'no-store').json({
      access_token: made.accessToken,
      token_type: 'Bearer',
      expires_in: made.expiresInSeconds,
      refresh_token: made.refreshToken,
      refresh_expires_at: made.refreshExpiresAt.toISOString(),
    });
  };
}

async function bodyOf(req: Request): Promise<unknown> {
  if (!isForm(req)) return req.body;
  const form = Object.fromEntries(await readForm(req));
  if (form['grant_type'] === 'refresh_token') return form;
  throw new AppError('unsupported_grant_type', 400, 'grant_type is not refresh_token.');
}
