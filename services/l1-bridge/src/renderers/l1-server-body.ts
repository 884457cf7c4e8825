import { AppError, readBody } from '@artdag/service-kit';
import type { Request } from 'express';
import { z } from 'zod';

export const formType = 'application/x-www-form-urlencoded';

const maxBytes = 16 * 1024;
const bodySchema = z.object({ l1_server: z.string().min(1).max(2048) });

/** Whether the body is a page's form, which wants to be sent on. */
export function isForm(req: Request): boolean {
  return ((req.headers['content-type'] ?? '').split(';', 1)[0] ?? '').trim().toLowerCase() === formType;
}

/** `l1_server` of a form or a JSON body. @throws 422 `validation_error`, also for a form that names several; 413 `body_too_large` */
export async function readL1Server(req: Request): Promise<string> {
  if (!isForm(req)) return bodySchema.parse(req.body).l1_server;
  const fields = new URLSearchParams((await readBody(req, maxBytes)).toString('utf8'));
  const values = fields.getAll('l1_server');
  if (values.length > 1) throw new AppError('validation_error', 422, 'The form names more than one l1_server.');
  return bodySchema.parse({ l1_server: values[0] }).l1_server;
}
