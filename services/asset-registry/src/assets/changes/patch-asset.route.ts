import { actorOf } from '@artdag/actor-context';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { sendJsonText } from '../../http/answers.ts';
import { idempotentRequest, withIdempotency } from '../idempotency.ts';
import { patchAssetSchema } from './patch-asset.ts';
import { entityTag } from './precondition.ts';
import { updateAsset, type UpdateAssetDeps } from './update-asset.ts';

/** `PATCH /assets/{name}` (scope assets:update) → 200 with the asset and its signed activity, null when nothing changed. */
export function patchAssetRoute(deps: UpdateAssetDeps): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const { name } = req.params;
    const { actor, org_id: orgId } = actorOf(req);
    const patch = validate('body', patchAssetSchema, req.body);
    const by = { actorId: actor.actor_id, orgId, requestId: res.locals.requestId };
    const ifMatch = req.headers['if-match'];
    const asked = { route: `PATCH /assets/${name}`, body: [patch, ifMatch ?? null] };
    const idempotent = idempotentRequest(req.headers['idempotency-key'], by.actorId, asked);
    const update = async (): Promise<string> => {
      const { answer, version } = await updateAsset(deps, { name, patch, by, ifMatch, idempotent });
      res.setHeader('etag', entityTag(version));
      return answer;
    };
    sendJsonText(res, 200, idempotent ? await withIdempotency(deps.idempotency, idempotent, update) : await update());
  };
}
