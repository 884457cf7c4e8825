import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeRoute, type DocumentHead, openApiDocument, type Operation, shownAs } from '../index.ts';

const head: DocumentHead = {
  title: 'T',
  version: '1.2.3',
  description: 'D',
  tags: [{ name: 'things', description: 'Things.' }],
  securitySchemes: { credential: { type: 'http', scheme: 'bearer' }, signature: { type: 'apiKey' } },
};

const thing = z.object({ id: z.uuid(), size: z.number().int(), made_at: z.iso.datetime() }).meta({ id: 'Thing' });

const list: Operation = {
  method: 'GET',
  path: '/things',
  id: 'listThings',
  tag: 'things',
  summary: 'List',
  auth: 'optional',
  request: {
    query: z
      .object({
        limit: shownAs(z.string().transform(Number), { type: 'integer', minimum: 1 }),
        tag: z.string().max(5).optional(),
      })
      .transform((query) => ({ all: query })),
  },
  answers: { 200: { description: 'A page.', body: z.object({ things: z.array(thing) }) } },
  errors: { 422: ['validation_error'] },
};

/** Refined twice, then wrapped: every layer is a schema of its own. */
const extra = shownAs(
  z
    .custom<object>()
    .superRefine(() => {})
    .refine(() => true),
  { type: 'object' },
)
  .nullish()
  .transform((value) => value ?? {});

const make: Operation = {
  method: 'POST',
  path: '/things/{name}',
  id: 'makeThing',
  tag: 'things',
  summary: 'Make',
  auth: 'required',
  scopes: ['things:make'],
  request: {
    path: z.object({ name: z.string().regex(/^[a-z]+$/) }),
    headers: z.object({ 'Idempotency-Key': z.string().optional() }),
    body: z.object({ size: z.number().int().min(0).default(1), note: z.string().nullish(), extra }),
  },
  answers: { 201: { description: 'Made.', body: thing, headers: { Location: 'Where.' } } },
  errors: { 409: ['thing_exists'] },
};

describe('openApiDocument', () => {
  const document = openApiDocument(head, [make, list]);
  const listed = document.paths['/things']?.['get'];
  const made = document.paths['/things/{name}']?.['post'];

  it('shows what a query accepts, not what the handler makes of it', () => {
    expect(listed?.['parameters']).toEqual([
      { name: 'limit', in: 'query', required: true, schema: { type: 'integer', minimum: 1 } },
      { name: 'tag', in: 'query', required: false, schema: { type: 'string', maxLength: 5 } },
    ]);
  });

  it('shows bodies as they are sent: defaults may be left out, unknown members are no error', () => {
    expect(made?.['requestBody']).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              size: { type: 'integer', minimum: 0, default: 1 },
              note: { type: ['string', 'null'] },
              extra: { type: ['object', 'null'] },
            },
          },
        },
      },
    });
  });

  it('names a schema once and refers to it', () => {
    expect(document.components.schemas['Thing']).toEqual({
      type: 'object',
      properties: {
        id: { type: 'string', format: 'uuid' },
        size: { type: 'integer' },
        made_at: { type: 'string', format: 'date-time' },
      },
      required: ['id', 'size', 'made_at'],
    });
    expect(made?.['responses']).toMatchObject({
      201: {
        headers: { Location: { description: 'Where.' } },
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
      },
    });
  });

  it('adds the errors that go with a body, a credential and a scope', () => {
    const descriptions = Object.entries(made?.['responses'] as Record<string, { description?: string }>).map(
      ([status, answer]) => [status, answer.description],
    );
    expect(Object.fromEntries(descriptions)).toEqual({
      201: 'Made.',
      400: '`invalid_json`',
      401: '`invalid_token`, `unauthorized`',
      403: '`insufficient_scope`',
      409: '`thing_exists`',
      413: '`body_too_large`',
      415: '`unsupported_media_type`',
      422: '`validation_error`',
      default: undefined,
    });
    expect(listed?.['responses']).toMatchObject({
      422: { content: { 'application/json': { schema: { $ref: '#/components/schemas/ValidationError' } } } },
    });
  });

  it('says who may call', () => {
    expect(listed?.['security']).toEqual([{}, { credential: [] }]);
    expect(made?.['security']).toEqual([{ credential: ['things:make'] }]);
  });

  it('shows an example where it belongs', () => {
    const example = { id: 'makeThing', parameters: { name: 'a' }, body: { size: 1 }, status: 201, answer: { id: 'x' } };
    const shown = openApiDocument(head, [make, list], [example]).paths['/things/{name}']?.['post'];
    expect(shown).toMatchObject({
      parameters: [{ name: 'name', example: 'a' }, { name: 'Idempotency-Key' }],
      requestBody: { content: { 'application/json': { example: { size: 1 } } } },
      responses: { 201: { content: { 'application/json': { example: { id: 'x' } } } } },
    });
  });

  it.each([
    [{ id: 'nothing', status: 200 }, /example of nothing, which no operation is named/],
    [{ id: 'makeThing', status: 200 }, /makeThing has a status 200, which the operation does not have/],
    [{ id: 'makeThing', status: 201, parameters: { size: 1 } }, /makeThing has a parameter size/],
    [{ id: 'listThings', status: 200, body: {} }, /listThings has a body/],
  ])('refuses the example %j', (example, problem) => {
    expect(() => openApiDocument(head, [make, list], [example])).toThrow(problem);
  });

  it('is the same text whatever order the operations come in', () => {
    expect(JSON.stringify(openApiDocument(head, [list, make]))).toBe(JSON.stringify(document));
  });

  it.each([
    ['an operation that comes twice', [list, { ...list, id: 'other' }], /GET \/things is described twice/],
    ['an id that comes twice', [list, { ...make, id: 'listThings' }], /listThings is described twice/],
    ['a tag that nobody explains', [{ ...list, tag: 'others' }], /No tag is named others/],
    [
      'two schemas of one name',
      [list, { ...make, answers: { 201: { description: '', body: z.object({}).meta({ id: 'Thing' }) } } }],
      /Two different schemas are named Thing/,
    ],
    [
      'a schema that is code and says nothing of itself',
      [{ ...list, answers: { 200: { description: '', body: z.object({ size: z.custom() }) } } }],
      /code at "properties.size" of a schema cannot be shown/,
    ],
  ])('refuses %s', (_, operations, problem) => {
    expect(() => openApiDocument(head, operations)).toThrow(problem);
  });
});

describe('describeRoute', () => {
  it('gives back what it was given', () => {
    expect(describeRoute(make)).toBe(make);
  });

  it('refuses a path whose parameters are not the described ones', () => {
    expect(() => describeRoute({ ...make, path: '/things/{id}' })).toThrow('POST /things/{id}: request.path');
  });
});
