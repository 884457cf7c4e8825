import type { RequestHandler } from 'express';
import { z } from 'zod';

const bodySchema = z.object({ ids: z.array(z.string().regex(/^(?:tok|ses)_[0-9a-z]{26}$/)).max(1000) });

export interface UsedDeps {
  uses: { noteUse(ids: readonly string[], now: Date): Promise<void> };
  now: () => Date;
}

/** `POST /internal/auth/used` `{ids}` → 204: which sessions and tokens the gateway, which verifies them by itself, has seen in use. */
export function usedRoute(deps: UsedDeps): RequestHandler {
  return async (req, res) => {
    await deps.uses.noteUse(bodySchema.parse(req.body).ids, deps.now());
    res.status(204).end();
  };
}
