import { AppError, clientIp } from '@artdag/service-kit';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { RequireSignature } from '../verifying/signed-verify.ts';
import type { VerifyLimits } from '../verifying/verify-limits.ts';
import { listedL1, revokeByL1, revokeByOwner, type RevokeDeps, type WhichToken } from './revoke.ts';

export interface RevokeRouteDeps extends RevokeDeps {
  limits: VerifyLimits;
  requireSignature: RequireSignature;
  /** Whether L1s always sign. */
  mustSign: boolean;
}

const bodySchema = z.object({
  token: z
    .string()
    .min(1)
    .max(16 * 1024)
    .optional(),
  jti: z
    .string()
    .regex(/^tok_[0-9a-z]{26}$/, 'wants a token id such as tok_…')
    .optional(),
  l1_server: z.string().min(1).max(2048).optional(),
});
type Body = z.output<typeof bodySchema>;

/**
 * `POST /auth/revoke` `{token}` or `{jti}` → 200 `{"revoked": true|false}`, false for what is unknown or dead. An L1 adds `l1_server`, the token's
 * owner is signed in. No replica accepts the token once it is answered.
 */
export function revokeRoute(deps: RevokeRouteDeps): RequestHandler {
  return async (req, res) => {
    res.set('cache-control', 'no-store');
    const body = bodySchema.parse(req.body ?? {});
    const { assertion } = req;
    const isSignedIn = assertion !== undefined && assertion.method !== 'service';
    res.json(isSignedIn ? await revokeByOwner(deps, assertion, whichOf(body)) : await byL1(deps, req, body));
  };
}

function whichOf({ token, jti }: Body): WhichToken {
  if (token !== undefined) return { token };
  if (jti !== undefined) return { jti };
  throw new AppError('validation_error', 422, 'Say which token: send "token", or its id as "jti".');
}

async function byL1(deps: RevokeRouteDeps, req: Request, body: Body) {
  const which = whichOf(body);
  if (body.l1_server === undefined) {
    const message = 'An L1 sends "l1_server" too (its own address); to end a token of yours, sign in.';
    throw new AppError('validation_error', 422, message);
  }
  await deps.limits.count(undefined, clientIp(req));
  const server = await listedL1(deps, body.l1_server);
  // Who has a token has proved enough; its id is in more hands, so an L1 that has a key signs for it.
  const mustSign = deps.mustSign || ('jti' in which && server.publicKeyPem !== null);
  if (mustSign) await deps.requireSignature(req, server);
  return await revokeByL1(deps, server, which);
}
