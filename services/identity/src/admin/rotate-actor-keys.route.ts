import type { RequestHandler } from 'express';
import { z } from 'zod';
import { publicKeyInfo } from '../actor-keys/public-key-info.ts';
import { rotateActorKeys, type RotateActorKeysDeps } from '../actor-keys/rotate-actor-keys.ts';

const bodySchema = z.object({
  username: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$/, 'wants a handle'),
  kind: z.enum(['rsa', 'ed25519']).optional(),
  compromised: z.boolean().default(false),
});

/**
 * `POST /internal/admin/actor-keys/rotate` `{username, kind?, compromised?}` → `{actor_id, username, version, keys}`, the former keys
 * included. Without `kind` both kinds are rotated, as one change.
 */
export function rotateActorKeysRoute(deps: RotateActorKeysDeps): RequestHandler {
  return async (req, res) => {
    const { actorId, username, version, keys } = await rotateActorKeys(deps, bodySchema.parse(req.body));
    res.json({ actor_id: actorId, username, version, keys: keys.map(publicKeyInfo) });
  };
}
