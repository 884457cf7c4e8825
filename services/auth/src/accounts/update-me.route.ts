import type { RequestHandler } from 'express';
import { z } from 'zod';
import { byOf } from '../by-of.ts';
import { displayName } from './display-name.ts';
import { authenticateSession, type AuthenticateDeps } from '../sessions/authenticate.ts';
import { createMeWriter } from '../sessions/me.ts';
import { sendMe } from '../sessions/me.route.ts';
import type { SessionEnds } from '../sessions/session-ends.ts';
import { updateMe, type UpdateMeDeps } from './update-me.ts';

export const updateMeBodySchema = z.strictObject({
  display_name: displayName.optional(),
  email: z
    .string()
    .max(254)
    .toLowerCase()
    .pipe(z.email())
    .nullish()
    .meta({ description: 'Unverified until it is verified anew; null takes it away.' }),
  org_id: z
    .string()
    .regex(/^(org_[0-9a-z]{1,40}|microdao:[a-z0-9-]{1,64})$/, 'wants org_… or microdao:…')
    .optional()
    .meta({ description: 'The active organisation of this session, by its id or as `microdao:<slug>`.' }),
});

export interface UpdateMeRouteDeps extends UpdateMeDeps, AuthenticateDeps {
  sessionEnds: SessionEnds;
  publicUrl: string;
  now: () => Date;
}

/** `PATCH /auth/me` `{display_name?, email?, org_id?}` → 200, the body of `GET /auth/me`. */
export function updateMeRoute(deps: UpdateMeRouteDeps): RequestHandler {
  const write = createMeWriter(deps);
  return async (req, res) => {
    const caller = await authenticateSession(deps, req);
    const body = updateMeBodySchema.parse(req.body);
    const changes = { displayName: body.display_name, email: body.email, orgId: body.org_id };
    const by = byOf(caller.actorId, req, res);
    const { profile, orgId = caller.orgId } = await updateMe(deps, caller, changes, by);
    sendMe(res, write(profile, { ...caller, orgId }, await deps.sessionEnds.of(caller.sessionId)));
  };
}
