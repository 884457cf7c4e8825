import type { RequestHandler } from 'express';
import { z } from 'zod';
import { jti } from './l1-token-bodies.ts';

export interface FindL1TokenDeps {
  l1Tokens: { find(jti: string, now: Date): Promise<{ actorId: string; username: string; l1Server: string } | null> };
  now: () => Date;
}

const bodySchema = z.object({ jti });

/**
 * `POST /internal/auth/tokens/l1/find` `{jti}` → 200 `{token: {actor_id, username, l1_server}}`: whose token it is and for which L1, whether or not it
 * has been revoked; null for what has expired or is no token for an L1.
 */
export function findL1TokenRoute(deps: FindL1TokenDeps): RequestHandler {
  return async (req, res) => {
    const found = await deps.l1Tokens.find(bodySchema.parse(req.body).jti, deps.now());
    const token = found && { actor_id: found.actorId, username: found.username, l1_server: found.l1Server };
    res.set('cache-control', 'no-store').json({ token });
  };
}
