import type { Execute } from '@artdag/messaging';
import { AppError, validate } from '@artdag/service-kit';
import { Router } from 'express';
import { z } from 'zod';
import { normaliseL1Url } from '../l1-servers/l1-url.ts';
import { findRevocations, retryNow } from './operating.repository.ts';

export interface RevocationRoutesDeps {
  /** Runs autocommit statements. */
  execute: Execute;
  now: () => Date;
  /** Has the courier look for what is due. */
  wake: () => void;
}

const id = z.string().min(1).max(100);
const l1Url = z
  .string()
  .min(1)
  .max(2048)
  .transform((text, context) => {
    const url = normaliseL1Url(text, { allowHttp: true });
    if (url !== undefined) return url;
    context.addIssue({ code: 'custom', message: 'wants the address of an L1, such as https://l1.example.org' });
    return z.NEVER;
  });
const listSchema = z.object({
  state: z.enum(['pending', 'dead', 'done']).default('pending'),
  l1: l1Url.optional(),
  after: id.optional(),
  limit: z.int().min(1).max(1000).default(100),
});
const retrySchema = z
  .object({ id: id.optional(), l1: l1Url.optional() })
  .refine((body) => (body.id === undefined) !== (body.l1 === undefined), 'give either id or l1');

/** What `artdag-admin l1 revocations` and `l1 retry` call, under `/internal/admin/l1`; every call is a POST with a JSON object. */
export function revocationRoutes({ execute, now, wake }: RevocationRoutesDeps): Router {
  const routes = Router({ caseSensitive: true });
  routes.post('/revocations', async (req, res) => {
    const { state, l1 = null, after = null, limit } = validate('body', listSchema, req.body);
    res.json({ revocations: await findRevocations(execute, { state, l1Url: l1, after, limit }) });
  });
  routes.post('/retry', async (req, res) => {
    const wanted = validate('body', retrySchema, req.body);
    const done = await retryNow(execute, { id: wanted.id ?? null, l1Url: wanted.l1 ?? null, now: now() });
    if (done.revived + done.hurried === 0)
      throw new AppError('nothing_to_retry', 404, 'There is no such call that waits or was given up.');
    wake();
    res.json(done);
  });
  return routes;
}
