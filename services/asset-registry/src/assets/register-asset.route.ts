import { actorOf } from '@artdag/actor-context';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { sendJsonText } from '../http/answers.ts';
import { idempotentRequest, withIdempotency, type IdempotencyRepository } from './idempotency.ts';
import { newAssetSchema } from './new-asset.ts';
import { registerAsset, type RegisterAssetDeps } from './register-asset.ts';

export interface RegisterAssetRouteDeps extends RegisterAssetDeps {
  idempotency: IdempotencyRepository;
}

/** `POST /assets` (scope assets:create) → 201 with the asset and its signed activity. */
export function registerAssetRoute(deps: RegisterAssetRouteDeps): RequestHandler {
  return async (req, res) => {
    const { actor, org_id: orgId } = actorOf(req);
    const asset = validate('body', newAssetSchema, req.body);
    const registrant = { actorId: actor.actor_id, orgId, requestId: res.locals.requestId };
    const request = idempotentRequest(req.headers['idempotency-key'], actor.actor_id, {
      route: 'POST /assets',
      body: asset,
    });
    const answer = request
      ? await withIdempotency(deps.idempotency, request, () => registerAsset(deps, registrant, asset, request))
      : await registerAsset(deps, registrant, asset);
    res.setHeader('location', `/assets/${asset.name}`);
    sendJsonText(res, 201, answer);
  };
}
