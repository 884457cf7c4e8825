import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/registry';
import {
  createTestDatabase,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import { countRows, newBody, noLinks, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let registry: RunningRegistry;
const kit = makeAssertionKit('asset-registry');
const headers = (): Record<string, string> => ({
  'x-actor-assertion': kit.actor({ actor_id: 'user:giles', username: 'giles', scopes: ['assets:create'] }),
});

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
  registry = await startRegistry({ databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() });
});
afterAll(async () => {
  await registry?.stop();
  await tables?.close();
  await auth?.close();
  await database?.drop();
});

const hash = 'ab'.repeat(32);
const many = (n: number): string[] => Array.from({ length: n }, (_, i) => `tag-${i}`);
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

const wrong: [string, Record<string, unknown>, (string | number)[]][] = [
  ['no name', { name: undefined }, ['name']],
  ['an empty name', { name: '' }, ['name']],
  ['a name of 129 characters', { name: 'a'.repeat(129) }, ['name']],
  ['a name that begins with a dot', { name: '.hidden' }, ['name']],
  ['a name with a slash', { name: 'a/b' }, ['name']],
  ['a name with a line feed at its end', { name: 'abc\n' }, ['name']],
  ['a name that is a number', { name: 7 }, ['name']],
  ['no hash', { content_hash: undefined }, ['content_hash']],
  ['an upper-case hash', { content_hash: hash.toUpperCase() }, ['content_hash']],
  ['a hash of 63 characters', { content_hash: hash.slice(1) }, ['content_hash']],
  ['a hash of another algorithm', { content_hash: `sha256:${hash}` }, ['content_hash']],
  ['no type', { asset_type: undefined }, ['asset_type']],
  ['an unknown type', { asset_type: 'movie' }, ['asset_type']],
  ['33 tags', { tags: many(33) }, ['tags']],
  ['a tag of 65 characters', { tags: ['ok', 'x'.repeat(65)] }, ['tags', 1]],
  ['a blank tag', { tags: ['  '] }, ['tags', 0]],
  ['a tag with NUL', { tags: ['a\u0000b'] }, ['tags', 0]],
  ['a tag with half of a surrogate pair', { tags: ['\ud800'] }, ['tags', 0]],
  ['tags that are no list', { tags: 'art' }, ['tags']],
  ['a script as URL', { url: 'javascript:alert(1)' }, ['url']],
  ['a URL with blanks', { url: 'https://example.com/ x' }, ['url']],
  ['a URL with a line feed', { url: 'https://example.com/\n' }, ['url']],
  ['a URL without host', { url: 'https://' }, ['url']],
  ['a URL of 2049 characters', { url: `https://e.com/${'x'.repeat(2035)}` }, ['url']],
  ['a CID with a slash', { ipfs_cid: 'bafy/x' }, ['ipfs_cid']],
  ['a description of 4001 characters', { description: 'x'.repeat(4001) }, ['description']],
  ['a description with NUL', { description: '\u0000' }, ['description']],
  ['metadata that is a list', { metadata: [1] }, ['metadata']],
  ['metadata that is a text', { metadata: 'x' }, ['metadata']],
  ['metadata over 16 KiB', { metadata: { x: 'y'.repeat(16_384) } }, ['metadata']],
  ['metadata nested 33 deep', { metadata: nested(33) }, ['metadata']],
  ['metadata with NUL', { metadata: { a: ['\u0000'] } }, ['metadata']],
  ['metadata with NUL in a name', { metadata: { '\u0000': 1 } }, ['metadata']],
  ['metadata with half of a surrogate pair', { metadata: { a: '\udc00' } }, ['metadata']],
  ['an unknown origin', { origin: { type: 'stolen' } }, ['origin', 'type']],
  ['an origin with a bad URL', { origin: { type: 'external', url: 'x' } }, ['origin', 'url']],
  ['an unknown visibility', { visibility: 'private' }, ['visibility']],
];

describe('POST /assets answers 422 to', () => {
  it.each(wrong)('%s', async (_what, change, path) => {
    const answer = await registry.post('/assets', newBody(change), headers()).expect(422);
    expect(answer.body).toMatchObject({ code: 'validation_error', request_id: expect.any(String) });
    const { detail } = answer.body as { detail: { loc: unknown[]; msg: string; type: string }[] };
    expect(detail).toHaveLength(1);
    expect(detail[0]).toEqual({ loc: ['body', ...path], msg: expect.any(String), type: expect.any(String) });
  });

  it('several faults at once, each with its place', async () => {
    const answer = await registry.post('/assets', {}, headers()).expect(422);
    const { detail } = answer.body as { detail: { loc: unknown[] }[] };
    expect(detail.map((issue) => issue.loc)).toEqual([
      ['body', 'name'],
      ['body', 'content_hash'],
      ['body', 'asset_type'],
    ]);
  });

  it.each(['null', '[]', '42', '"text"', 'true'])('the body %s', async (body) => {
    await registry.post('/assets', body, headers()).expect(422);
  });
});

describe('POST /assets takes', () => {
  it.each([
    ['a name of 128 characters', { name: `n${'.'.repeat(127)}` }],
    ['32 tags after doubles are gone', { tags: [...many(32), ...many(32)] }],
    ['a tag of 64 characters outside the basic plane', { tags: ['😀'.repeat(64)] }],
    ['tags with quotes, backslashes, commas and braces', { tags: ['"a"', '\\', 'a,b', '{NULL}', 'NULL'] }],
    ['a description of 4000 characters outside the basic plane', { description: '😀'.repeat(4000) }],
    ['metadata nested 32 deep', { metadata: nested(32) }],
    ['metadata with names of prototypes', { metadata: JSON.parse('{"__proto__":{"x":1},"constructor":1}') as object }],
    ['metadata with extreme numbers', { metadata: { a: 1e308, b: 5e-324, c: -0, d: 0.1, e: 2 ** 53 } }],
    ['members that it does not know', { surprise: { '\ud800': 1 } }],
  ])('%s, and gives it back unchanged', async (_what, change) => {
    const body = newBody(change);
    const answer = await registry.post('/assets', body, headers()).expect(201);
    const read = await registry.get(`/assets/${body.name}`).expect(200);
    const { activity, ...asset } = answer.body as Record<string, unknown>;
    expect(read.body).toEqual({ ...asset, ...noLinks });
    const { surprise: _surprise, ...known } = { surprise: 0, ...change };
    const expected = { ...known, ...('tags' in known ? { tags: [...new Set(known.tags)] } : {}) };
    expect(JSON.stringify(asset)).toContain(JSON.stringify(expected).slice(1, -1));
    expect(activity).toBeDefined();
  });
});

describe('hostile bodies get a 4xx and leave nothing', () => {
  it.each([
    ['broken JSON', '{"name":', 400],
    ['a thousand brackets', '['.repeat(1000), 400],
    ['100,000 nested lists', `{"metadata":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 422],
    ['100,000 nested objects in an ignored member', `{"x":${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}}`, 422],
    ['a number beyond all doubles', JSON.stringify(newBody()).replace('{', '{"metadata":{"a":1e999},'), 422],
    ['300 KiB', JSON.stringify(newBody({ description: 'x'.repeat(300_000) })), 413],
  ])('%s', async (_what, body, status) => {
    const before = await countRows(registry.tables);
    await registry.post('/assets', body, headers()).expect(status);
    expect(await countRows(registry.tables)).toEqual(before);
  });

  it('bytes that are no UTF-8, another type, no body', async () => {
    const send = (type: string | undefined, body: Buffer | undefined): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const all = { ...headers(), ...(type === undefined ? {} : { 'content-type': type }) };
        const req = request(`${registry.url}/assets`, { method: 'POST', headers: all }, (res) => {
          res.resume();
          resolve(res.statusCode);
        });
        req.on('error', reject).end(body);
      });
    expect(await send('application/json', Buffer.from('{"name":"\xff"}', 'latin1'))).toBe(400);
    expect(await send('text/plain', Buffer.from('{}'))).toBe(415);
    expect(await send('application/json; charset=utf-16', Buffer.from('{}'))).toBe(415);
    expect(await send(undefined, undefined)).toBe(422);
  });
});
