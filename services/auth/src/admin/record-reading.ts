import type { Request, Response } from 'express';
import { z } from 'zod';
import { appendAudit } from '../audit/audit.ts';
import type { InTransaction } from '../transaction.ts';
import { validate } from '@artdag/service-kit';
import { byOperator, operatorFields } from './operator.ts';

export interface RecordReadingDeps {
  inTransaction: InTransaction;
}

const query = z.object({ as: operatorFields.as });

/** Operators see what belongs to others, so the audit log says that they looked, and at what. */
export async function recordReading(
  deps: RecordReadingDeps,
  req: Request,
  res: Response,
  target: string | null,
): Promise<void> {
  const { as } = validate('query', query, req.query);
  const by = byOperator(req, res, as, { path: req.path });
  await deps.inTransaction(null, (execute) => appendAudit(execute, { ...by, action: 'admin.read', target }));
}
