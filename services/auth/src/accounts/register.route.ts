import type { RequestHandler } from 'express';
import { z } from 'zod';
import { clientOf } from '../sessions/client-of.ts';
import { sendSignedIn, type SignedInDeps } from '../sessions/session-answer.ts';
import { handleRule, isHandle, isReservedHandle } from './handle.ts';
import { register, type RegisterDeps } from './register.ts';

export const registerBodySchema = z.object({
  username: z
    .string()
    .max(64)
    .toLowerCase()
    .refine(isHandle, `A username has ${handleRule}.`)
    .refine((handle) => !isReservedHandle(handle), 'This username is reserved; choose another one.')
    .meta({ description: `${handleRule}. Upper case is lowered; reserved words are refused.` }),
  password: z.string().min(8).max(128),
  email: z.string().max(254).toLowerCase().pipe(z.email()).nullish(),
});

/** `POST /auth/register` `{username, password, email?}` → 201 with the body of a login. */
export function registerRoute(deps: RegisterDeps & SignedInDeps): RequestHandler {
  return async (req, res) => {
    const { username, password, email } = registerBodySchema.parse(req.body);
    const input = { handle: username, password, email: email ?? null };
    const signedIn = await register(deps, input, clientOf(req), res.locals.requestId);
    sendSignedIn(deps, req, res, 201, signedIn);
  };
}
