import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { displayName } from '../accounts/display-name.ts';
import { reason } from '../revocation/revoke.route.ts';
import type { By } from '../transaction.ts';
import type { ActorProfiles } from './actor-profiles.ts';
import { deleteActor, disableActor, type EndActorDeps } from './end-actor.ts';
import { actorNotFound } from './locked-actor.ts';
import { renameActor, type RenameActorDeps } from './rename-actor.ts';
import { shownActor } from './shown-actor.ts';

export type ChangeActorDeps = EndActorDeps & RenameActorDeps & { profiles: Pick<ActorProfiles, 'fresh'> };

type ById = RequestHandler<{ actorId: string }>;

const endBody = z.object({ status: z.enum(['disabled', 'deleted']), reason });
const renameBody = z.object({ display_name: displayName });

/**
 * `POST /internal/actors/{actor_id}/end` `{status: "disabled" | "deleted", reason}` → 200 with the actor once no replica of any service
 * accepts anything of it. People and agents only. Repeating it is safe. 404 `actor_not_found`; 409 `last_sysadmin`, `last_owner`,
 * `account_deleted`.
 */
export function endActorRoute(deps: ChangeActorDeps): ById {
  return async (req, res) => {
    const { status, reason: why } = endBody.parse(req.body);
    const actorId = personOrAgent(req.params.actorId);
    const end = status === 'deleted' ? deleteActor : disableActor;
    await end(deps, actorId, byService(req, res, { reason: why }));
    await show(deps, res, actorId);
  };
}

/** `PATCH /internal/actors/{actor_id}` `{display_name}` → 200 with the actor; 404 `actor_not_found`, also for one that has ended. */
export function renameActorRoute(deps: ChangeActorDeps): ById {
  return async (req, res) => {
    const { display_name: name } = renameBody.parse(req.body);
    const actorId = personOrAgent(req.params.actorId);
    await renameActor(deps, actorId, name, byService(req, res));
    await show(deps, res, actorId);
  };
}

async function show(deps: ChangeActorDeps, res: Response, actorId: string): Promise<void> {
  const profile = await deps.profiles.fresh(actorId);
  if (profile === null) throw actorNotFound(actorId);
  res.json(shownActor(profile));
}

function byService(req: Pick<Request, 'actor'>, res: Response, data: Record<string, unknown> = {}): By {
  return { actorId: req.actor?.actor_id ?? '', ip: null, requestId: res.locals.requestId, data };
}

/** Anything else is nobody's id here, and might hold what the database cannot (NUL). */
function personOrAgent(text: string): string {
  if (/^(user|agent):[A-Za-z0-9._:-]{1,100}$/.test(text)) return text;
  throw actorNotFound(text);
}
