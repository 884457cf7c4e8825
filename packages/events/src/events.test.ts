import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { allEvents, defineEvent, problemsOf, routingKeyOf, userRegistered, type Envelope } from './index.ts';
import { paths, withField, withoutField } from './json-paths.testing.ts';

const folder = new URL('../fixtures/', import.meta.url);
const text = (type: string, version: number): string =>
  readFileSync(new URL(`${type}.v${version}.json`, folder), 'utf8');
const golden = (type: string, version: number): Envelope => JSON.parse(text(type, version)) as Envelope;

/** Absence is allowed here: an RSA key has no multibase form, and most tokens are for no L1. */
const optional = new Set(['data.keys.0.public_key_multibase', 'data.keys.1.public_key_multibase', 'data.l1_token']);
/** What is inside these belongs to somebody else: free-form objects and the signed document. */
const opaque = /^data\.(asset\.(metadata|origin|provenance)\.|activity\.(to|cc|@context\.|object\.|proof\.))/;

it('has a golden fixture for every event, and no other', () => {
  expect(readdirSync(folder).sort()).toEqual(allEvents.map((event) => `${event.type}.v${event.version}.json`).sort());
});

describe.each(allEvents.map((event) => [event.type, event] as const))('%s', (type, event) => {
  const fixture = golden(type, event.version);
  const required = paths(fixture).filter(
    (path) => !optional.has(path) && !opaque.test(`${path}.`) && !opaque.test(path),
  );

  it('parses its fixture and round-trips it', () => {
    const parsed = event.parse(JSON.parse(text(type, event.version)));
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(fixture));
    expect(event.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(fixture);
  });

  it('is what create() makes of the same fields', () => {
    expect(event.create(fixture)).toEqual(fixture);
    expect(routingKeyOf(fixture)).toBe(event.routingKey);
  });

  it('lets an added field survive, at every level', () => {
    const objects = ['', ...paths(fixture).filter((path) => path.split('.').at(-1) !== 'keys')];
    for (const path of objects) {
      const added = withField(fixture, path, 'added_later', { nested: true });
      if (added !== undefined) expect(event.parse(added)).toEqual(added);
    }
  });

  it.each(required)('refuses an envelope without %s', (path) => {
    expect(() => event.parse(withoutField(fixture, path))).toThrow();
  });

  it.each(required)('refuses a wrong %s', (path) => {
    const parent = path.split('.').slice(0, -1).join('.');
    expect(() => event.parse(withField(fixture, parent, path.split('.').at(-1) ?? '', 12.5))).toThrow();
  });

  it('refuses another version and another type', () => {
    expect(() => event.parse({ ...fixture, version: event.version + 1 })).toThrow();
    expect(() => event.parse({ ...fixture, type: 'something-else' })).toThrow();
  });
});

it('keeps the member order of what it parses, as a signed document needs', () => {
  const event = golden('user-registered', 1);
  const turned = Object.fromEntries(Object.entries(event).reverse());
  expect(JSON.stringify(userRegistered.parse(turned))).toBe(JSON.stringify(turned));
});

it('refuses to make a faulty event', () => {
  const fixture = golden('user-registered', 1) as Envelope<never>;
  expect(() => userRegistered.create({ ...fixture, subject_version: 0 })).toThrow();
});

it('fills in what an emitter may leave out', () => {
  const event = defineEvent('thing-happened', 1, userRegistered.data, { context: 'bridge' });
  const { id, occurred_at, subject, subject_version, data } = golden('user-registered', 1) as ReturnType<
    typeof userRegistered.parse
  >;
  expect(event.create({ id, occurred_at, subject, subject_version, data })).toMatchObject({
    producer: 'l1-bridge',
    actor_id: null,
    org_id: null,
    correlation_id: null,
  });
});

it('says so when a producer is unknown', () => {
  expect(() => routingKeyOf({ type: 'x', producer: 'nobody' })).toThrow('"nobody" is no known producer');
});

it('tells problems by their paths and never by their values', () => {
  const secret = { ...golden('user-registered', 1), subject: 4711, data: { actor_id: 'user:secret' } };
  let problems = '';
  try {
    userRegistered.parse(secret);
  } catch (error) {
    problems = problemsOf(error);
  }
  expect(problems).toMatch(/^subject: .*; data\.username: /);
  expect(problems).not.toMatch(/secret|4711/);
});
