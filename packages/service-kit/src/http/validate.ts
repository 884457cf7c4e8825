import type { z } from 'zod';
import { AppError } from '../errors.ts';

export type InputPart = 'body' | 'query' | 'path' | 'header';

/** 422 `validation_error` with `detail: [{ loc: [part, …path], msg, type }]`. */
export function validationError(part: InputPart, error: z.ZodError): AppError {
  const detail = error.issues.map((issue) => ({
    loc: [part, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))],
    msg: issue.message,
    type: issue.code,
  }));
  return new AppError('validation_error', 422, 'Validation failed', { detail });
}

/**
 * `value` checked against `schema`. Throws the 422 above, naming `part`. (A ZodError that reaches the error handler
 * by itself is taken to be about the body.)
 */
export function validate<S extends z.ZodType>(part: InputPart, schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw validationError(part, result.error);
}
