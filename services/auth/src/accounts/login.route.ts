import type { RequestHandler } from 'express';
import { z } from 'zod';
import { clientOf } from '../sessions/client-of.ts';
import { sendSignedIn, type SignedInDeps } from '../sessions/session-answer.ts';
import { login, type LoginDeps } from './login.ts';

const name = z.string().min(1).max(254);

export const loginBodySchema = z
  .object({
    login: name.optional(),
    username: name.optional(),
    email: name.optional(),
    // Longer than any password of ours, to be found wrong and not malformed.
    password: z.string().min(1).max(1024),
  })
  .transform(({ login, username, email, password }, context) => {
    const who = login ?? username ?? email;
    if (who !== undefined) return { login: who, password };
    context.addIssue({ code: 'custom', path: ['username'], message: 'Give username, email or login.' });
    return z.NEVER;
  });

/**
 * `POST /auth/login` (JSON) `{username | email | login, password}` → 200 `{session_token, actor, expires_at, access_token,
 * token_type, expires_in}`.
 */
export function loginRoute(deps: LoginDeps & SignedInDeps): RequestHandler {
  return async (req, res) => {
    sendSignedIn(deps, res, 200, await login(deps, loginBodySchema.parse(req.body), clientOf(req)));
  };
}
