import type { RequestHandler } from 'express';
import { z } from 'zod';
import { deviceCookie } from '../cookies/session-cookies.ts';
import { authenticateSession, type AuthenticateDeps } from '../sessions/authenticate.ts';
import { cookieOf } from '../sessions/carried-credentials.ts';
import { clientOf } from '../sessions/client-of.ts';
import { sendSignedIn, type SignedInDeps } from '../sessions/session-answer.ts';
import { changePassword, type ChangePasswordDeps } from './change-password.ts';

export const changePasswordBodySchema = z.object({
  current_password: z.string().min(1).max(1024),
  new_password: z.string().min(8).max(128),
});

/** `POST /auth/password` `{current_password, new_password}` → 200, the body of a login: the session is a new one. */
export function changePasswordRoute(deps: ChangePasswordDeps & AuthenticateDeps & SignedInDeps): RequestHandler {
  return async (req, res) => {
    const { actorId, orgId } = await authenticateSession(deps, req);
    const body = changePasswordBodySchema.parse(req.body);
    const signedIn = await changePassword(deps, {
      ...{ actorId, orgId, current: body.current_password, next: body.new_password, client: clientOf(req) },
      ...{ device: deps.devices.read(cookieOf(req, deviceCookie)), requestId: res.locals.requestId },
    });
    sendSignedIn(deps, req, res, 200, signedIn);
  };
}
