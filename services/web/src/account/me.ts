import { AppError } from '@artdag/service-kit';
import type { Request } from 'express';
import { z } from 'zod';
import type { VisitorOf } from '../visitor/visitor.ts';

const meSchema = z.object({
  username: z.string(),
  display_name: z.string(),
  email: z.string().nullable(),
  org_id: z.string().nullable(),
  memberships: z.array(z.object({ microdao_id: z.string(), org_id: z.string(), role: z.string() })),
  is_sysadmin: z.boolean(),
  created_at: z.string(),
  auth: z.object({ scopes: z.array(z.string()) }),
});

/** Somebody's own account, as `GET /auth/me` has it. */
export type Me = z.output<typeof meSchema>;

/**
 * The visitor's account, by the one question that the head of the page asks as well.
 *
 * @throws AppError 401 `unauthorized`, 503 `dependency_unavailable`
 */
export async function meOf(visitorOf: VisitorOf, req: Request): Promise<Me> {
  const visitor = await visitorOf(req);
  if (visitor.state === 'anonymous') throw new AppError('unauthorized', 401, 'Log in to see your account.');
  const { success, data } = meSchema.safeParse(visitor.state === 'signed-in' ? visitor.me : undefined);
  if (success) return data;
  const message = 'Your account cannot be shown at the moment. Try again shortly.';
  throw new AppError('dependency_unavailable', 503, message, { headers: { 'retry-after': '5' } });
}
