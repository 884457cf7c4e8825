import type { z } from 'zod';
import { errorAnswer, errorCodes, errorSchema, validationErrorSchema } from './error-answers.ts';
import { addExample, type OperationExample } from './example.ts';
import { type Components, type JsonSchema, toJsonSchema } from './json-schema.ts';
import type { DescribedAnswer, Operation } from './operation.ts';

export interface DocumentHead {
  title: string;
  version: string;
  description: string;
  /** In the order in which readers should meet them. */
  tags: readonly { name: string; description: string }[];
  securitySchemes: { credential: JsonSchema; signature: JsonSchema };
}

export interface OpenApiDocument {
  openapi: '3.1.1';
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, JsonSchema>>;
  components: { schemas: Record<string, JsonSchema>; responses: JsonSchema; securitySchemes: JsonSchema };
}

/**
 * The OpenAPI 3.1 document of some operations. The same operations give the same document, in whatever order they come.
 *
 * @param examples at most one of each operation
 * @throws Error for an operation, an id or an example that comes twice, for a tag that the head does not have, for an example of what is not
 *   there, and as `toJsonSchema` does
 */
export function openApiDocument(
  head: DocumentHead,
  operations: readonly Operation[],
  examples: readonly OperationExample[] = [],
): OpenApiDocument {
  refuseRepeated(operations.map(({ method, path }) => `${method} ${path}`));
  refuseRepeated(operations.map(({ id }) => id));
  refuseRepeated(head.tags.map(({ name }) => `The tag ${name}`));
  refuseRepeated(examples.map(({ id }) => `The example of ${id}`));
  const stray = examples.find(({ id }) => !operations.some((operation) => operation.id === id));
  if (stray) throw new Error(`There is an example of ${stray.id}, which no operation is named.`);
  const components: Components = new Map();
  const paths: OpenApiDocument['paths'] = {};
  for (const operation of operations.toSorted((a, b) => compare(sortKey(a), sortKey(b)))) {
    if (!head.tags.some(({ name }) => name === operation.tag)) throw new Error(`No tag is named ${operation.tag}.`);
    const item = (paths[operation.path] ??= {});
    const described = operationObject(operation, components);
    const example = examples.find(({ id }) => id === operation.id);
    if (example) addExample(operation, described, example);
    item[operation.method.toLowerCase()] = described;
  }
  toJsonSchema(errorSchema, 'output', components);
  toJsonSchema(validationErrorSchema, 'output', components);
  const { title, version, description, tags, securitySchemes } = head;
  return {
    openapi: '3.1.1',
    info: { title, version, description },
    servers: [{ url: '/' }],
    tags: tags.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([a], [b]) => compare(a, b))),
      responses: { Error: errorAnswer([]) },
      securitySchemes,
    },
  };
}

function operationObject(operation: Operation, components: Components): JsonSchema {
  const { id, tag, summary, description, request = {} } = operation;
  const parameters = [
    ...parametersOf('path', request.path, components),
    ...parametersOf('query', request.query, components),
    ...parametersOf('header', request.headers, components),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: securityOf(operation),
    ...(parameters.length > 0 && { parameters }),
    ...(request.body && {
      requestBody: {
        required: true,
        content: contentOf(toJsonSchema(request.body, 'input', components), request.bodyTypes),
      },
    }),
    responses: answersOf(operation, components),
  };
}

function parametersOf(place: string, schema: z.ZodType | undefined, components: Components): JsonSchema[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toJsonSchema(schema, 'input', components) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...shape }]) => ({
    name,
    in: place,
    ...(description !== undefined && { description }),
    required: required.includes(name),
    schema: shape,
  }));
}

function securityOf({ auth, scopes = [] }: Operation): Record<string, readonly string[]>[] {
  if (auth === 'public') return [];
  if (auth === 'signature') return [{ signature: [] }];
  return auth === 'optional' ? [{}, { credential: scopes }] : [{ credential: scopes }];
}

function answersOf(operation: Operation, components: Components): JsonSchema {
  const answers: JsonSchema = {};
  for (const [status, answer] of Object.entries(operation.answers)) answers[status] = answerOf(answer, components);
  for (const [status, codes] of errorCodes(operation)) answers[status] = errorAnswer(codes);
  answers['default'] = { $ref: '#/components/responses/Error' };
  return answers;
}

function answerOf(
  { description, headers = {}, body, mediaTypes }: DescribedAnswer,
  components: Components,
): JsonSchema {
  const described = Object.entries(headers).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' } },
  ]);
  return {
    description,
    ...(described.length > 0 && { headers: Object.fromEntries(described) }),
    ...(body && { content: contentOf(toJsonSchema(body, 'output', components), mediaTypes) }),
  };
}

function contentOf(schema: JsonSchema, mediaTypes: readonly string[] = ['application/json']): JsonSchema {
  return Object.fromEntries(mediaTypes.map((type) => [type, { schema }]));
}

function sortKey({ path, method }: Operation): string {
  return `${path} ${method}`;
}

/** By code unit, so that no machine's locale has a say. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function refuseRepeated(names: readonly string[]): void {
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) throw new Error(`${repeated} is described twice.`);
}
