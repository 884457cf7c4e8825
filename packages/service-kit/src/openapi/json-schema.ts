import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Schemas that stand in `components.schemas`, by the `id` of their zod `.meta()`. */
export type Components = Map<string, JsonSchema>;

const shown = z.registry<JsonSchema>();

/**
 * Gives a zod schema whose rules are code (`transform`, `refine`, `custom`) the JSON Schema that says the same. Without it
 * the description shows what zod can tell, and refuses what it cannot tell at all. The schema itself is returned.
 */
export function shownAs<S extends z.ZodType>(schema: S, jsonSchema: JsonSchema): S {
  shown.add(schema, jsonSchema);
  return schema;
}

/**
 * The JSON Schema (draft 2020-12, the dialect of OpenAPI 3.1) of a zod schema: of what it accepts or of what it gives.
 * Named schemas go to `components` and are referred to.
 *
 * @throws Error for a schema that neither zod nor `shownAs` can show, and for two different schemas under one name
 */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output', components: Components): JsonSchema {
  const silent: string[] = [];
  const told: string[] = [];
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema, path }) => {
      if (replace(zodSchema, jsonSchema)) told.push(path.join('.'));
      else if (isSilent(zodSchema, jsonSchema)) silent.push(path.join('.'));
      else tidy(zodSchema, jsonSchema);
    },
  });
  const unsaid = silent.find((path) => !told.some((teller) => path.startsWith(teller)));
  if (unsaid !== undefined) throw new Error(`The code at "${unsaid}" of a schema cannot be shown: give it shownAs.`);
  for (const [name, definition] of Object.entries($defs)) {
    const moved = moveReferences(definition) as JsonSchema;
    const known = components.get(name);
    if (known && !isDeepStrictEqual(known, moved)) throw new Error(`Two different schemas are named ${name}.`);
    components.set(name, moved);
  }
  return moveReferences(root) as JsonSchema;
}

/** Whether `shownAs` was told of the schema; then what it was told stands in `jsonSchema`. */
function replace(schema: z.core.$ZodType, jsonSchema: JsonSchema): boolean {
  const instead = shown.get(schema);
  if (!instead) return false;
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
  Object.assign(jsonSchema, instead);
  return true;
}

/** Zod shows code as the schema that takes everything. What a refined schema was refined from also comes along here. */
function isSilent(schema: z.core.$ZodType, jsonSchema: JsonSchema): boolean {
  const isCode = schema instanceof z.ZodCustom || schema instanceof z.ZodTransform;
  return isCode && Object.keys(jsonSchema).length === 0;
}

const formatsWithWellKnownForm = new Set(['date-time', 'email', 'uri', 'uuid']);

function tidy(schema: z.core.$ZodType, jsonSchema: JsonSchema): void {
  if (formatsWithWellKnownForm.has(String(jsonSchema['format']))) delete jsonSchema['pattern'];
  if (jsonSchema['minimum'] === Number.MIN_SAFE_INTEGER) delete jsonSchema['minimum'];
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
  // What every JSON object is anyway.
  if (schema instanceof z.ZodRecord) delete jsonSchema['propertyNames'];
  // Answers gain members without a new version, and members of a request that a route does not know are ignored.
  if (schema instanceof z.ZodObject && !isStrict(schema)) delete jsonSchema['additionalProperties'];
}

function isStrict(schema: z.ZodObject): boolean {
  return schema.def.catchall instanceof z.ZodNever;
}

function moveReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moveReferences);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' && typeof member === 'string'
        ? member.replace('#/$defs/', '#/components/schemas/')
        : moveReferences(member),
    ]),
  );
}
