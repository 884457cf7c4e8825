import type { RequestHandler } from 'express';
import { z } from 'zod';
import { rewrapKeys, type RewrapKeysDeps } from '../actor-keys/rewrap-keys.ts';

const bodySchema = z.object({
  master_key_id: z.string().max(16).optional(),
  from: z
    .object({
      table: z.enum(['actor_keys', 'waiting_keys']),
      after: z
        .string()
        .max(1024)
        .regex(/^[^\0]*$/),
    })
    .optional(),
});

/**
 * `POST /internal/admin/actor-keys/rewrap` `{master_key_id?, from?}` → `{master_key_id, rewrapped, unopened, remaining, next}`: some
 * thousand data keys are put under the present master key; go on with `from` set to `next` until that is null.
 */
export function rewrapKeysRoute(deps: RewrapKeysDeps): RequestHandler {
  return async (req, res) => {
    const { master_key_id: masterKeyId, from } = bodySchema.parse(req.body ?? {});
    const { masterKeyId: id, ...rest } = await rewrapKeys(deps, { masterKeyId, from });
    res.json({ master_key_id: id, ...rest });
  };
}
