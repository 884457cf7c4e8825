import { addressKey, type FailureLimiter } from '@artdag/rate-limit';
import { AppError, clientIp, shownText } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { countFailures } from './count-failures.ts';
import { keyLabel } from './key-label.ts';
import { keySummary, keySummarySchema } from './key-summary.ts';
import { proofFields, proofOf } from './prove-key.ts';
import { signIn, type SignedIn, type SignInDeps } from './sign-in.ts';

export const verifyBodySchema = z.object({
  ...proofFields,
  // Its form is judged once the proof stands: only a new key needs one.
  handle: z.string().max(256).nullish().meta({ description: 'Required for a new key, otherwise ignored.' }),
  display_name: shownText(100).nullish(),
  label: keyLabel,
  identity_type: z.enum(['human', 'agent', 'org']).nullish().meta({ description: 'Only `human` begins here.' }),
});

export const signedInSchema = z
  .object({
    identity_id: z.string(),
    actor_id: z.string().nullable(),
    handle: z.string(),
    display_name: z.string(),
    identity_type: z.enum(['human', 'agent', 'org']),
    is_new_identity: z.boolean(),
    key: keySummarySchema,
  })
  .meta({ id: 'SignedInByKey' });

/**
 * `POST /api/auth/verify` `{challenge_token, public_key_b64, signature_b64, handle?, display_name?, label?, identity_type?}` → 200 with whose
 * key it is, and no token: the key signs every request. The challenge is used up by every answer but 422 `validation_error` and 429.
 */
export function signInRoute(deps: SignInDeps & { failures: FailureLimiter }): RequestHandler {
  return async (req, res) => {
    const signedIn = await countFailures(deps, addressKey(clientIp(req)), async () => {
      refuseTokenCheck(req.body);
      const body = verifyBodySchema.parse(req.body);
      const newcomer = {
        ...{ handle: body.handle ?? null, displayName: body.display_name ?? null, label: body.label ?? null },
        ...{ identityType: body.identity_type ?? ('human' as const), correlationId: res.locals.requestId },
      };
      return await signIn(deps, proofOf(body), newcomer);
    });
    res.set('cache-control', 'no-store').json(shown(signedIn));
  };
}

function shown({ identity, key, isNewIdentity }: SignedIn): z.output<typeof signedInSchema> {
  return {
    ...{ identity_id: identity.id, actor_id: identity.actorId, handle: identity.handle },
    ...{ display_name: identity.displayName, identity_type: identity.identityType, is_new_identity: isNewIdentity },
    key: keySummary(key),
  };
}

/** Two paths end in `/auth/verify`; whoever takes the wrong one learns of the other (conflicts C1). */
function refuseTokenCheck(body: unknown): void {
  if (typeof body !== 'object' || body === null || 'challenge_token' in body) return;
  if (!('token' in body) && !('l1_server' in body)) return;
  const message = 'This path completes the challenge of a key. To check the token of an L1, call POST /auth/verify.';
  throw new AppError('validation_error', 422, message);
}
