import type { RequestHandler } from 'express';
import { z } from 'zod';
import { l1Server } from './l1-token-bodies.ts';

export interface L1HoldersDeps {
  l1Tokens: { holders(l1Server: string, limit: number, now: Date): Promise<string[]> };
  now: () => Date;
}

const bodySchema = z.object({ l1_server: l1Server, limit: z.int().min(1).max(1000) });

/** `POST /internal/auth/tokens/l1/holders` `{l1_server, limit}` → 200 `{actor_ids}`: who has live tokens for that L1, for operators who end them. */
export function l1HoldersRoute(deps: L1HoldersDeps): RequestHandler {
  return async (req, res) => {
    const { l1_server: server, limit } = bodySchema.parse(req.body);
    const actorIds = await deps.l1Tokens.holders(server, limit, deps.now());
    res.set('cache-control', 'no-store').json({ actor_ids: actorIds });
  };
}
