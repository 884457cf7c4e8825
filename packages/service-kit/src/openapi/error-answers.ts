import { z } from 'zod';
import type { JsonSchema } from './json-schema.ts';
import type { Operation } from './operation.ts';

const validationCode = 'validation_error';

/** Every answer from status 400. */
export const errorSchema = z
  .object({
    detail: z.string().meta({ description: 'For people; may change.' }),
    code: z.string().meta({ description: 'For programs; stable.' }),
    request_id: z.string().nullable().meta({ description: 'The same as the header X-Request-Id.' }),
  })
  .meta({ id: 'Error' });

export const validationErrorSchema = z
  .object({
    detail: z.array(
      z.object({
        loc: z
          .array(z.union([z.string(), z.number().int()]))
          .meta({ description: 'body, query or path, then the way to the member.' }),
        msg: z.string(),
        type: z.string(),
      }),
    ),
    code: z.literal(validationCode),
    request_id: z.string(),
  })
  .meta({ id: 'ValidationError' });

/** All `code`s that one operation may answer, by status, in alphabetical order. */
export function errorCodes(operation: Operation): Map<number, string[]> {
  const { request, auth } = operation;
  const all = new Map<number, Set<string>>();
  const add = (errors: Readonly<Record<number, readonly string[]>>): void => {
    for (const [status, codes] of Object.entries(errors)) {
      const known = all.get(Number(status)) ?? new Set();
      for (const code of codes) known.add(code);
      all.set(Number(status), known);
    }
  };
  add(operation.errors ?? {});
  if (request?.body) add({ 400: ['invalid_json'], 413: ['body_too_large'], 415: ['unsupported_media_type'] });
  // What comes signed is judged by rules of its own.
  if (request?.body && auth !== 'signature') add({ 422: [validationCode] });
  if (auth === 'required') add({ 401: ['unauthorized'] });
  if (auth === 'required' || auth === 'optional') add({ 401: ['invalid_token'] });
  if (operation.scopes) add({ 403: ['insufficient_scope'] });
  return new Map([...all].map(([status, codes]) => [status, [...codes].sort()]));
}

/** The OpenAPI answer that carries one of some codes; of any code when none is given. */
export function errorAnswer(codes: readonly string[]): JsonSchema {
  const error = { $ref: '#/components/schemas/Error' };
  const only = codes.filter((code) => code !== validationCode);
  const bodies: JsonSchema[] = [];
  if (only.length > 0) bodies.push({ allOf: [error, { properties: { code: { enum: only } } }] });
  if (only.length < codes.length) bodies.push({ $ref: '#/components/schemas/ValidationError' });
  return {
    description: codes.length === 0 ? 'Any other failure.' : codes.map((code) => `\`${code}\``).join(', '),
    content: { 'application/json': { schema: bodies.length > 1 ? { oneOf: bodies } : (bodies[0] ?? error) } },
  };
}
