import { clientIp } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { deleteActor, type EndActorDeps } from '../actors/end-actor.ts';
import { deviceCookie, type SessionCookies } from '../cookies/session-cookies.ts';
import { byOf } from '../by-of.ts';
import { authenticateSession, type AuthenticateDeps } from '../sessions/authenticate.ts';
import { cookieOf } from '../sessions/carried-credentials.ts';
import type { DeviceCookies } from '../cookies/device-cookie.ts';
import { wrongPassword } from './change-password.ts';
import { provePassword, type ProvePasswordDeps } from './prove-password.ts';

export interface DeleteMeDeps extends ProvePasswordDeps, AuthenticateDeps, EndActorDeps {
  accounts: { findById(actorId: string): Promise<{ passwordHash: string | null } | null> };
  cookies: SessionCookies;
  devices: DeviceCookies;
  now: () => Date;
}

export const deleteMeBodySchema = z.object({ password: z.string().min(1).max(1024) });

/** `DELETE /auth/me` `{password}` → 204: the account and all that opens it are gone for good; its handle is never given again. */
export function deleteMeRoute(deps: DeleteMeDeps): RequestHandler {
  return async (req, res) => {
    const { actorId } = await authenticateSession(deps, req);
    const { password } = deleteMeBodySchema.parse(req.body);
    const ip = clientIp(req);
    const stored = (await deps.accounts.findById(actorId))?.passwordHash ?? null;
    const guess = { ip, actorId, login: actorId, device: deps.devices.read(cookieOf(req, deviceCookie)) };
    if (!(await provePassword(deps, guess, stored, password))) throw wrongPassword();
    await deleteActor(deps, actorId, byOf(actorId, req, res));
    deps.cookies.clear(res);
    res.status(204).end();
  };
}
