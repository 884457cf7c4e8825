import type { RequestHandler } from 'express';
import { z } from 'zod';
import { rewrapStorage, type RewrapStorageDeps } from './rewrap-storage.ts';

const bodySchema = z.object({
  master_key_id: z.string().max(16).optional(),
  from: z.object({ after: z.string().regex(/^[\x21-\x7e]{0,64}$/) }).optional(),
});

/**
 * `POST /internal/admin/storage/rewrap` `{master_key_id?, from?}` → `{master_key_id, rewrapped, unopened, remaining, next}`: some thousand data
 * keys are put under the present master key; go on with `from` set to `next` until that is null.
 */
export function rewrapStorageRoute(deps: RewrapStorageDeps): RequestHandler {
  return async (req, res) => {
    const { master_key_id: masterKeyId, from } = bodySchema.parse(req.body ?? {});
    const { masterKeyId: id, next, ...rest } = await rewrapStorage(deps, { masterKeyId, after: from?.after });
    res.json({ master_key_id: id, ...rest, next: next === null ? null : { after: next } });
  };
}
