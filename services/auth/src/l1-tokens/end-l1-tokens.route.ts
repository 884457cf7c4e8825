import type { RequestHandler } from 'express';
import { z } from 'zod';
import { byOf } from '../by-of.ts';
import { reason } from '../revocation/revoke.route.ts';
import { endL1TokensAt, type EndL1TokensDeps } from './end-l1-tokens.ts';
import { actorId, jti, l1Server } from './l1-token-bodies.ts';

const bodySchema = z.object({ actor_id: actorId, l1_server: l1Server, jti: jti.optional(), reason });

/**
 * `POST /internal/auth/tokens/l1/revoke` `{actor_id, l1_server, jti?, reason}` → 200 `{revoked: [{jti, token_hash}]}`, those that were live, once
 * no replica accepts them. Repeating it is safe.
 */
export function endL1TokensRoute(deps: EndL1TokensDeps): RequestHandler {
  return async (req, res) => {
    const body = bodySchema.parse(req.body);
    const which = { actorId: body.actor_id, l1Server: body.l1_server, jti: body.jti ?? null, reason: body.reason };
    const ended = await endL1TokensAt(deps, which, byOf(body.actor_id, req, res));
    res
      .set('cache-control', 'no-store')
      .json({ revoked: ended.map(({ jti: id, tokenHash }) => ({ jti: id, token_hash: tokenHash })) });
  };
}
