import { storableText } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { createOrg, type CreateOrgDeps } from './create-org.ts';

const bodySchema = z.object({
  slug: z.string().min(1).max(64).toLowerCase(),
  name: storableText(200),
  owner_actor_id: storableText(128),
});

/**
 * `POST /internal/orgs` `{slug, name, owner_actor_id}` → 201 `{id, public_id, name, kind}`, or 200 with the org of that slug that this owner
 * owns already; 409 `handle_taken`; 422 `invalid_handle`, `owner_not_found`.
 */
export function createOrgRoute(deps: CreateOrgDeps): RequestHandler {
  return async (req, res) => {
    const { slug, name, owner_actor_id: ownerActorId } = bodySchema.parse(req.body);
    const by = { actorId: req.actor?.actor_id ?? '', ip: null, requestId: res.locals.requestId };
    const { created, org } = await createOrg(deps, { slug, name, ownerActorId }, by);
    res.status(created ? 201 : 200).json(org);
  };
}
