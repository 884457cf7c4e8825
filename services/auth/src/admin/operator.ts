import { clientIp } from '@artdag/service-kit';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { By } from '../transaction.ts';

/** Who sits at the command line: not proven, but written down. `nonce` makes two equal commands two requests. */
export const operatorFields = {
  as: z
    .string()
    .max(64)
    .regex(/^[\p{L}\p{N} ._@+-]*$/u)
    .optional(),
  nonce: z.string().max(64).optional(),
};

/** The admin tool on behalf of an operator, for the audit log. */
export function byOperator(
  req: Request,
  res: Response,
  as: string | undefined,
  data: Record<string, unknown> = {},
): By {
  return {
    actorId: 'service:admin',
    data: { ...data, operator: as ?? null },
    ip: clientIp(req),
    requestId: res.locals.requestId,
  };
}
