import { z } from 'zod';

/** A JSON Schema (draft 2020-12) as OpenAPI 3.1 holds it, as far as pages show it. */
export interface Schema {
  $ref?: string | undefined;
  type?: string | string[] | undefined;
  format?: string | undefined;
  description?: string | undefined;
  properties?: Record<string, Schema> | undefined;
  required?: string[] | undefined;
  items?: Schema | undefined;
  anyOf?: Schema[] | undefined;
  oneOf?: Schema[] | undefined;
  allOf?: Schema[] | undefined;
  enum?: unknown[] | undefined;
  const?: unknown;
  default?: unknown;
  minimum?: number | undefined;
  maximum?: number | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  pattern?: string | undefined;
}

// It is the suite's own document: what is here is read, and what is not is left.
const schemaSchema = z.custom<Schema>((value) => typeof value === 'object' && value !== null);

const contentSchema = z.record(z.string(), z.object({ schema: schemaSchema, example: z.unknown().optional() }));

const operationSchema = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header']),
        description: z.string().optional(),
        required: z.boolean(),
        schema: schemaSchema,
        example: z.union([z.string(), z.number()]).optional(),
      }),
    )
    .default([]),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(
    z.string(),
    z.object({
      description: z.string().optional(),
      headers: z.record(z.string(), z.object({ description: z.string() })).default({}),
      content: contentSchema.default({}),
    }),
  ),
});

/** `GET /openapi.json`, as far as pages show it. */
export const descriptionSchema = z.object({
  info: z.object({ version: z.string(), description: z.string() }),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({
    schemas: z.record(z.string(), schemaSchema),
    securitySchemes: z.record(z.string(), z.object({ description: z.string() })),
  }),
});

export type Description = z.output<typeof descriptionSchema>;
export type Content = z.output<typeof contentSchema>;
export type Parameter = z.output<typeof operationSchema>['parameters'][number];
export type Schemas = Readonly<Record<string, Schema>>;

export interface Operation extends z.output<typeof operationSchema> {
  /** Upper case. */
  method: string;
  /** With `{x}` for its parameters. */
  path: string;
}

/** Every operation, in the order of the document. */
export function operationsOf({ paths }: Description): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
  );
}

/** Who may call, and with which scopes; `signature` is an HTTP Signature, which no browser makes. */
export function credentialOf({ security }: Operation): {
  needs: 'nothing' | 'credential' | 'signature';
  takes: boolean;
  scopes: string[];
} {
  const scopes = security.flatMap(({ credential = [] }) => credential);
  if (security.some((way) => 'signature' in way)) return { needs: 'signature', takes: false, scopes };
  const takes = security.some((way) => 'credential' in way);
  const isNeeded = takes && security.every((way) => 'credential' in way);
  return { needs: isNeeded ? 'credential' : 'nothing', takes, scopes };
}

/** The first media type, with its example if there is one. */
export function firstOf(content: Content): { mediaType: string; schema: Schema; example?: unknown } | undefined {
  const [entry] = Object.entries(content);
  return entry && { mediaType: entry[0], ...entry[1] };
}

/** As it is sent: JSON, or a text. */
export function exampleText(example: unknown): string {
  return typeof example === 'string' ? example : JSON.stringify(example, null, 2);
}
