import type { RequestHandler } from 'express';
import { z } from 'zod';
import { appendAudit } from '../audit/audit.ts';
import type { InTransaction } from '../transaction.ts';
import type { Pruned } from './prune.repository.ts';
import { byOperator, operatorFields } from './operator.ts';

export interface PruneDeps {
  pruning: { prune(now: Date): Promise<Pruned> };
  inTransaction: InTransaction;
  now: () => Date;
}

const onlyOperator = z.object(operatorFields).default({});

/** `POST /internal/admin/prune` → `{deleted: {denials, sessions, refresh_tokens}}`. */
export function pruneRoute(deps: PruneDeps): RequestHandler {
  return async (req, res) => {
    const { as } = onlyOperator.parse(req.body);
    const deleted = await deps.pruning.prune(deps.now());
    const by = byOperator(req, res, as, { ...deleted });
    await deps.inTransaction(null, (execute) => appendAudit(execute, { ...by, action: 'denylist.pruned' }));
    res.json({ deleted });
  };
}
