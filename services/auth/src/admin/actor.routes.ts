import { storableText } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { displayName } from '../accounts/display-name.ts';
import type { ActorProfile } from '../actors/actor-profile.ts';
import { createActor } from '../actors/create-actor.ts';
import type { CreateActorRouteDeps } from '../actors/create-actor.route.ts';
import { deleteActor, disableActor, enableActor, type EndActorDeps } from '../actors/end-actor.ts';
import { actorNotFound } from '../actors/locked-actor.ts';
import { resolveActor, type ResolveActorDeps } from '../actors/resolve-actor.ts';
import { setSysadmin, type SetSysadminDeps } from '../actors/set-sysadmin.ts';
import { shownActor } from '../actors/shown-actor.ts';
import type { By } from '../transaction.ts';
import { recordReading, type RecordReadingDeps } from './record-reading.ts';
import { byOperator, operatorFields } from './operator.ts';

export type AdminActorDeps = CreateActorRouteDeps &
  EndActorDeps &
  SetSysadminDeps &
  ResolveActorDeps &
  RecordReadingDeps;

type ByRef = RequestHandler<{ ref: string }>;

const onlyOperator = z.object(operatorFields).default({});

/** `GET /internal/admin/actors/{id or handle}` → the actor. */
export function showActorRoute(deps: AdminActorDeps): ByRef {
  return async (req, res) => {
    const actorId = await resolveActor(deps, req.params.ref);
    const profile = await known(deps, actorId);
    await recordReading(deps, req, res, actorId);
    res.json(adminView(profile));
  };
}

/** `POST …/{id or handle}/disable|enable|delete` → the actor as it is then. 409 `last_sysadmin`, `last_owner`, `account_deleted`. */
export function changeActorRoute(deps: AdminActorDeps, change: 'disable' | 'enable' | 'delete'): ByRef {
  const changes = { disable: disableActor, enable: enableActor, delete: deleteActor };
  return operation(deps, (actorId, by) => changes[change](deps, actorId, by));
}

/** `POST …/{id or handle}/sysadmin/grant|revoke` → the actor as it is then. 409 `last_sysadmin`, `not_active`, `not_human`. */
export function setSysadminRoute(deps: AdminActorDeps, isSysadmin: boolean): ByRef {
  return operation(deps, (actorId, by) => setSysadmin(deps, actorId, isSysadmin, by));
}

const newActor = z.object({
  ...operatorFields,
  actor_type: z.enum(['agent', 'service']),
  handle: z.string().min(1).max(64).toLowerCase(),
  display_name: displayName.optional(),
  owner: storableText(128).optional(),
});

/** `POST /internal/admin/actors` `{actor_type, handle, display_name?, owner?}` → 201 with the new agent or service. */
export function adminCreateActorRoute(deps: AdminActorDeps): RequestHandler {
  return async (req, res) => {
    const { as, actor_type: actorType, handle, display_name: name, owner } = newActor.parse(req.body);
    const ownerActorId = owner === undefined ? null : await resolveActor(deps, owner);
    const input = { actorType, handle, displayName: name ?? null, ownerActorId, method: 'admin' };
    const by = byOperator(req, res, as);
    const birth = {
      now: deps.now(),
      requestId: by.requestId,
      ip: by.ip,
      by: { actorId: by.actorId, data: by.data ?? {} },
    };
    const made = await deps.inTransaction(null, (execute) => createActor(execute, input, birth));
    if (!made.created) throw new Error('An actor without a reference was there already.');
    deps.onEvent();
    res.status(201).json(adminView(made.profile));
  };
}

function operation(deps: AdminActorDeps, work: (actorId: string, by: By) => Promise<void>): ByRef {
  return async (req, res) => {
    const { as } = onlyOperator.parse(req.body);
    const actorId = await resolveActor(deps, req.params.ref);
    await work(actorId, byOperator(req, res, as));
    res.json(adminView(await known(deps, actorId)));
  };
}

async function known(deps: AdminActorDeps, actorId: string): Promise<ActorProfile> {
  const profile = await deps.profiles.fresh(actorId);
  if (profile === null) throw actorNotFound(actorId);
  return profile;
}

function adminView(profile: ActorProfile) {
  return {
    ...shownActor(profile),
    email: profile.email,
    is_sysadmin: profile.isSysadmin,
    memberships: profile.memberships.map(({ microdaoId, role }) => ({ microdao_id: microdaoId, role })),
    created_at: profile.createdAt.toISOString(),
  };
}
