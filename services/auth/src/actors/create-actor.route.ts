import { storableText } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { displayName } from '../accounts/display-name.ts';
import type { InTransaction } from '../transaction.ts';
import type { ActorProfiles } from './actor-profiles.ts';
import { createActor } from './create-actor.ts';
import { shownActor } from './shown-actor.ts';

export interface CreateActorRouteDeps {
  inTransaction: InTransaction;
  profiles: ActorProfiles;
  now: () => Date;
  onEvent: () => void;
}

const bodySchema = z.object({
  ref: storableText(256),
  actor_type: z.enum(['human', 'agent', 'service']),
  handle: z.string().min(1).max(64).toLowerCase(),
  display_name: displayName.nullish(),
  owner_actor_id: storableText(128).nullish(),
  email: z.string().max(254).toLowerCase().pipe(z.email()).nullish(),
  email_verified: z.boolean().default(false),
  method: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/),
});

/**
 * `POST /internal/actors` `{ref, actor_type, handle, display_name?, owner_actor_id?, email?, email_verified?, method}` → 201 with the
 * actor, or 200 with the one that was made for this `ref` before, whatever else the body says; 409 `handle_taken`, `email_taken`;
 * 422 `invalid_handle`, `owner_not_found`. `ref` is the calling service's own. Never makes a sysadmin.
 */
export function createActorRoute(deps: CreateActorRouteDeps): RequestHandler {
  return async (req, res) => {
    const body = bodySchema.parse(req.body);
    const caller = req.actor?.actor_id ?? '';
    const input = {
      actorType: body.actor_type,
      handle: body.handle,
      displayName: body.display_name ?? null,
      email: body.email ?? null,
      emailVerified: body.email_verified,
      ownerActorId: body.owner_actor_id ?? null,
      registrationRef: `${caller}/${body.ref}`,
      method: body.method,
    };
    const birth = { now: deps.now(), requestId: res.locals.requestId, by: { actorId: caller, data: {} } };
    const made = await deps.inTransaction(null, (execute) => createActor(execute, input, birth));
    if (made.created) deps.onEvent();
    const profile = made.created ? made.profile : await deps.profiles.fresh(made.actorId);
    if (profile === null) throw new Error('An actor that was found by its reference is gone.');
    res.status(made.created ? 201 : 200).json(shownActor(profile));
  };
}
