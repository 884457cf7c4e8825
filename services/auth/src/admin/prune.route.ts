import type { RequestHandler } from 'express';
import { z } from 'zod';
import { appendAudit } from '../audit/audit.ts';
import type { InTransaction } from '../transaction.ts';
import { byOperator, operatorFields } from './operator.ts';

export interface PruneDeps {
  housekeeping: {
    pruneExpired(
      now: Date,
    ): Promise<{ revokedTokens: number; refreshTokens: number; sessions: number; apiTokens: number }>;
  };
  inTransaction: InTransaction;
  now: () => Date;
}

const onlyOperator = z.object(operatorFields).default({});

/** `POST /internal/admin/prune` → `{deleted: {denials, refresh_tokens, sessions, api_tokens}}`: what the hourly job would delete. */
export function pruneRoute(deps: PruneDeps): RequestHandler {
  return async (req, res) => {
    const { as } = onlyOperator.parse(req.body);
    const gone = await deps.housekeeping.pruneExpired(deps.now());
    const { revokedTokens: denials, refreshTokens: refresh_tokens, sessions, apiTokens: api_tokens } = gone;
    const deleted = { denials, refresh_tokens, sessions, api_tokens };
    const by = byOperator(req, res, as, { ...deleted });
    await deps.inTransaction(null, (execute) => appendAudit(execute, { ...by, action: 'denylist.pruned' }));
    res.json({ deleted });
  };
}
