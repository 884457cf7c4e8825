import type { RequestHandler } from 'express';
import { z } from 'zod';
import { revocableId } from './revocable-id.ts';

export interface StatusDeps {
  /** The reason of each of the ids that is denied. */
  deniedAmong: (ids: readonly string[]) => Promise<Record<string, string>>;
}

const bodySchema = z.object({ ids: z.array(revocableId).max(1000) });

/** `POST /internal/auth/tokens/status` `{ids}` → `{revoked: {id: reason}}`, from PostgreSQL: whoever asks does not trust the shared store. */
export function statusRoute(deps: StatusDeps): RequestHandler {
  return async (req, res) => {
    const { ids } = bodySchema.parse(req.body);
    res.set('cache-control', 'no-store').json({ revoked: await deps.deniedAmong(ids) });
  };
}
