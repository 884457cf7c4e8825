import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { idempotentRequest, withIdempotency, type IdempotencyRepository } from '../idempotency.ts';
import type { ChangeAssetDeps } from './change.ts';
import { deleteAsset } from './delete-asset.ts';

/** `DELETE /assets/{name}` (scope assets:delete) → 204. */
export function deleteAssetRoute(
  deps: ChangeAssetDeps & { idempotency: IdempotencyRepository },
): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const { name } = req.params;
    const { actor, org_id: orgId } = actorOf(req);
    const by = { actorId: actor.actor_id, orgId, requestId: res.locals.requestId };
    const ifMatch = req.headers['if-match'];
    const asked = { route: `DELETE /assets/${name}`, body: [ifMatch ?? null] };
    const idempotent = idempotentRequest(req.headers['idempotency-key'], by.actorId, asked);
    const work = async (): Promise<string> => {
      await deleteAsset(deps, { name, reason: 'owner', by, ifMatch, idempotent });
      return '';
    };
    if (idempotent) await withIdempotency(deps.idempotency, idempotent, work);
    else await work();
    res.status(204).end();
  };
}
