import type { JsonSchema } from './json-schema.ts';
import type { Operation } from './operation.ts';

/** A call of an operation and its answer, as they were once. */
export interface OperationExample {
  /** Of the operation. */
  id: string;
  /** Whose credential goes with it, by user name; nobody's when left out. */
  as?: string;
  /** Of path, query and header, by name. */
  parameters?: Readonly<Record<string, string | number>>;
  /** A text for bodies that are no JSON. */
  body?: unknown;
  status: number;
  /** A text for answers that are no JSON; left out for empty ones, for bytes, and for what is another one each time by more than its ids. */
  answer?: unknown;
}

type Content = Record<string, { schema: JsonSchema; example?: unknown }>;

/**
 * Puts an example into the OpenAPI object of its operation: at the parameters, the body and the answer (OpenAPI 3.1 §4.8.12, §4.8.14).
 *
 * @throws Error for a parameter, a body or a status that the operation does not have
 */
export function addExample(operation: Operation, described: JsonSchema, example: OperationExample): void {
  const complain = (what: string): never => {
    throw new Error(`The example of ${operation.id} has ${what}, which the operation does not have.`);
  };
  const parameters = (described['parameters'] ?? []) as { name: string; example?: unknown }[];
  for (const [name, value] of Object.entries(example.parameters ?? {})) {
    const parameter = parameters.find((candidate) => candidate.name === name) ?? complain(`a parameter ${name}`);
    parameter.example = value;
  }
  if (example.body !== undefined) {
    const { content } = (described['requestBody'] ?? complain('a body')) as { content: Content };
    giveExample(content, example.body);
  }
  const answers = described['responses'] as Record<number, { content?: Content }>;
  const answer = answers[example.status] ?? complain(`a status ${example.status}`);
  if (example.answer !== undefined) giveExample(answer.content ?? complain('a body in its answer'), example.answer);
}

/** The first media type is the one that is answered without being asked for another. */
function giveExample(content: Content, example: unknown): void {
  const [first] = Object.values(content);
  if (first) first.example = example;
}
