import { storableText } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { keyLabel } from './key-label.ts';
import { keySummary } from './key-summary.ts';
import { recoverIdentity, type RecoverIdentityDeps } from './recover-identity.ts';

const bodySchema = z.object({
  handle: storableText(64),
  public_key_b64: z.string().max(16_384),
  label: keyLabel,
  force: z.boolean().default(false),
});

/**
 * `POST /internal/admin/recover-identity` `{handle, public_key_b64, label?, force?}` → 201 with the key's summary. With `force` the keys that
 * the identity has are revoked first; without, they are in the way (409 `identity_has_keys`).
 */
export function recoverIdentityRoute(deps: RecoverIdentityDeps): RequestHandler {
  return async (req, res) => {
    const { handle, public_key_b64: publicKeyB64, label, force } = bodySchema.parse(req.body);
    const wanted = { handle, publicKeyB64, label: label ?? null, force, correlationId: res.locals.requestId };
    res.status(201).json(keySummary(await recoverIdentity(deps, wanted)));
  };
}
