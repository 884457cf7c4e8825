import { actorOf } from '@artdag/actor-context';
import { addressKey, type FailureLimiter } from '@artdag/rate-limit';
import { clientIp } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { addKey, type AddKeyDeps } from './add-key.ts';
import { countFailures } from './count-failures.ts';
import { keyLabel } from './key-label.ts';
import { keySummary } from './key-summary.ts';
import { proofFields, proofOf } from './prove-key.ts';

export const addKeyBodySchema = z.object({ ...proofFields, label: keyLabel });

/**
 * `POST /api/auth/keys` `{challenge_token, public_key_b64, signature_b64, label?}`, signed by a key of the identity → 201 with the new key's
 * summary. The challenge is one for the new key.
 */
export function addKeyRoute(deps: AddKeyDeps & { failures: FailureLimiter }): RequestHandler {
  return async (req, res) => {
    const added = await countFailures(deps, addressKey(clientIp(req)), async () => {
      const caller = actorOf(req);
      const body = addKeyBodySchema.parse(req.body);
      const wanted = { proof: proofOf(body), label: body.label ?? null, correlationId: res.locals.requestId };
      return await addKey(deps, caller, wanted);
    });
    res.status(201).set('cache-control', 'no-store').json(keySummary(added));
  };
}
