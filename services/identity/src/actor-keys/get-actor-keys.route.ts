import { keyKinds } from '@artdag/actor-keys';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { getActorKeys, type GetActorKeysDeps } from './get-actor-keys.ts';
import { publicKeyInfo } from './public-key-info.ts';

const querySchema = z.object({ kind: z.enum(['rsa', 'ed25519']).optional() });

/**
 * `GET /internal/identity/actor-keys/{actor_id}[?kind=ed25519]` → `{actor_id, username, version, keys}`. With `kind` only
 * that kind is waited for, so that a claim need not wait for an RSA pair.
 */
export function getActorKeysRoute(deps: GetActorKeysDeps): RequestHandler<{ actorId: string }> {
  return async (req, res) => {
    const { kind } = validate('query', querySchema, req.query);
    const set = await getActorKeys(deps, req.params.actorId, kind === undefined ? keyKinds : [kind]);
    const { actorId, username, version, keys } = set;
    res.json({ actor_id: actorId, username, version, keys: keys.map(publicKeyInfo) });
  };
}
