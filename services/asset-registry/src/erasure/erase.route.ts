import { actorOf } from '@artdag/actor-context';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { eraseAsset, type EraseAssetDeps } from './erase-asset.ts';

const bodySchema = z.object({ asset_id: z.string().regex(/^ast_[0-9a-z]{26}$/, 'Wants an id such as ast_….') });

/** `POST /internal/admin/erase` `{asset_id}` → `{asset_id, erased_at, erased_activities, deletion}`. */
export function eraseRoute(deps: EraseAssetDeps): RequestHandler {
  return async (req, res) => {
    const { asset_id: assetId } = validate('body', bodySchema, req.body);
    const by = { actorId: actorOf(req).actor.actor_id, orgId: null, requestId: res.locals.requestId };
    const { erasedAt, erasedActivities, deletion } = await eraseAsset(deps, assetId, by);
    res.json({
      ...{ asset_id: assetId, erased_at: erasedAt.toISOString() },
      ...{ erased_activities: erasedActivities, deletion },
    });
  };
}
