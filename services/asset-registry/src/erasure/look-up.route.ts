import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { uuid } from '../activities/get-activity.ts';
import { contentHashSchema } from '../assets/new-asset.ts';
import { lookUpErasable, type LookUpDeps } from './look-up.ts';

const bodySchema = z.union([
  z.strictObject({ name: z.string().min(1).max(128) }),
  z.strictObject({ activity: z.string().regex(uuid, 'Wants the UUID of a claim.') }),
  z.strictObject({ content_hash: contentHashSchema }),
]);

/**
 * `POST /internal/admin/erase/look-up` `{name}`, `{activity}` or `{content_hash}` → `{assets: [{asset_id, owner, content_hash, claims,
 * deleted_at}]}`: those that are not erased. A body and not a path: paths are logged.
 */
export function lookUpRoute(deps: LookUpDeps): RequestHandler {
  return async (req, res) => {
    const wanted = validate('body', bodySchema, req.body);
    const {
      name,
      activity,
      content_hash: contentHash,
    } = { name: undefined, activity: undefined, content_hash: undefined, ...wanted };
    const found = await lookUpErasable(deps, { name, activity, contentHash });
    const assets = found.map((asset) => ({
      asset_id: asset.id,
      owner: asset.ownerUsername,
      content_hash: asset.contentHash,
      claims: asset.claims,
      deleted_at: asset.deletedAt?.toISOString() ?? null,
    }));
    res.json({ assets });
  };
}
