import type { RequestHandler } from 'express';
import { z } from 'zod';
import { appendAudit } from '../audit/audit.ts';
import type { InTransaction } from '../transaction.ts';
import { byOperator, operatorFields } from './operator.ts';

/** What operators do elsewhere than here. */
const actions = [
  'identity.recovered',
  'actor_keys.rotated',
  'actor_keys.rewrapped',
  'actor_keys.imported',
  'actor_keys.exported',
  'asset.erased',
  'federation.retry',
  'federation.replay',
  'federation.block',
  'federation.unblock',
  'federation.allow',
  'federation.disallow',
  'l1.retry',
  'l1.added',
  'l1.removed',
  'l1.status_set',
  'l1.key_set',
  'l1.drained',
  'l1.uncordoned',
] as const;

const bodySchema = z.object({
  ...operatorFields,
  action: z.enum(actions),
  target: z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9:._-]+$/)
    .nullish(),
  /** Options of the command; a fingerprint at most, never a key. */
  options: z.record(z.string().max(32), z.union([z.string().max(128), z.boolean()])).default({}),
});

/**
 * `POST /internal/admin/notes` `{action, target?, options?}` → 204: what an operator is about to do by another service or on a database, so that
 * the one audit log has it.
 */
export function noteRoute(deps: { inTransaction: InTransaction }): RequestHandler {
  return async (req, res) => {
    const { as, action, target, options } = bodySchema.parse(req.body);
    const by = byOperator(req, res, as, options);
    await deps.inTransaction(null, (execute) => appendAudit(execute, { ...by, action, target: target ?? null }));
    res.status(204).end();
  };
}
