import { AppError, validate, storableText } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { resolveActor, type ResolveActorDeps } from '../actors/resolve-actor.ts';
import { createOrg, type CreateOrgDeps } from '../orgs/create-org.ts';
import { removeMember, setMember, type MembersDeps } from '../orgs/members.ts';
import type { ListedOrg } from '../orgs/org.ts';
import { recordReading, type RecordReadingDeps } from './record-reading.ts';
import { byOperator, operatorFields } from './operator.ts';

export interface AdminOrgDeps extends CreateOrgDeps, MembersDeps, ResolveActorDeps, RecordReadingDeps {
  orgs: { list(o: { personal: boolean; limit: number; after: string | null }): Promise<ListedOrg[]> };
}

const listQuery = z.looseObject({
  personal: z.enum(['true', 'false']).default('false'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  after: storableText(80).optional(),
});

/** `GET /internal/admin/orgs?personal&limit&after` → `{orgs: [{id, public_id, name, kind, members}]}`, by public id. */
export function listOrgsRoute(deps: AdminOrgDeps): RequestHandler {
  return async (req, res) => {
    const { personal, limit, after } = validate('query', listQuery, req.query);
    await recordReading(deps, req, res, null);
    res.json({ orgs: await deps.orgs.list({ personal: personal === 'true', limit, after: after ?? null }) });
  };
}

const newOrg = z.object({
  ...operatorFields,
  slug: z.string().min(1).max(64).toLowerCase(),
  name: storableText(200).optional(),
  owner: storableText(128),
});

/** `POST /internal/admin/orgs` `{slug, name?, owner}` → 201; 409 `handle_taken`. */
export function adminCreateOrgRoute(deps: AdminOrgDeps): RequestHandler {
  return async (req, res) => {
    const { as, slug, name, owner } = newOrg.parse(req.body);
    const ownerActorId = await resolveActor(deps, owner);
    const { created, org } = await createOrg(
      deps,
      { slug, name: name ?? slug, ownerActorId },
      byOperator(req, res, as),
    );
    if (!created) throw new AppError('handle_taken', 409, `${owner} has an organisation ${slug} already.`);
    res.status(201).json(org);
  };
}

const membership = z.object({ ...operatorFields, actor: storableText(128) });
const role = z.enum(['owner', 'admin', 'member']);
const added = z.object({ ...membership.shape, role: role.default('member') });
const changed = z.object({ ...membership.shape, role });

/**
 * `POST /internal/admin/orgs/{id, public id or slug}/members/add|set-role` `{actor, role}` and `…/remove` `{actor}` →
 * `{org, actor_id, role}`, the role null after a removal. 409 `last_owner`, `personal_org`, `not_a_member`, `not_active`.
 */
export function memberRoute(
  deps: AdminOrgDeps,
  change: 'add' | 'set-role' | 'remove',
): RequestHandler<{ ref: string }> {
  return async (req, res) => {
    const body = change === 'add' ? added.parse(req.body) : change === 'set-role' ? changed.parse(req.body) : null;
    const { as, actor } = body ?? membership.parse(req.body);
    const place = { org: req.params.ref, actorId: await resolveActor(deps, actor) };
    const by = byOperator(req, res, as);
    const org =
      body === null
        ? await removeMember(deps, place, by)
        : await setMember(deps, { ...place, role: body.role, existing: change === 'set-role' }, by);
    res.json({ org: org.public_id, actor_id: place.actorId, role: body?.role ?? null });
  };
}
