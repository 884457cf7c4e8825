import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countRows } from '../../testing/registry.testing.ts';
import { startSuite, type RegistrySuite } from '../../testing/suite.testing.ts';

let suite: RegistrySuite;
let name: string;

beforeAll(async () => {
  suite = await startSuite();
  ({ name } = await suite.registered('giles'));
});
afterAll(() => suite?.remove());

const deep = `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`;
const json = { 'content-type': 'application/json' };

describe('PATCH /assets/{name} refuses, and stores nothing', () => {
  it.each<[string, string, number]>([
    ['no object', '[]', 422],
    ['null', 'null', 422],
    ['a name', '{"name":"other"}', 422],
    ['a content hash', `{"content_hash":"${'ab'.repeat(32)}"}`, 422],
    ['an asset type', '{"asset_type":"image"}', 422],
    ['an origin', '{"origin":{"type":"self"}}', 422],
    ['an unknown member', '{"colour":"red"}', 422],
    ['a prototype', '{"__proto__":{"visibility":"unlisted"}}', 422],
    ['no visibility', '{"visibility":null}', 422],
    ['another visibility', '{"visibility":"private"}', 422],
    ['tags that are no list', '{"tags":"art"}', 422],
    ['an empty tag', '{"tags":[" "]}', 422],
    ['a long tag', JSON.stringify({ tags: ['x'.repeat(65)] }), 422],
    ['33 tags', JSON.stringify({ tags: Array.from({ length: 33 }, (_, i) => `t${i}`) }), 422],
    ['NUL in a tag', '{"tags":["a\\u0000"]}', 422],
    ['half a surrogate pair', '{"description":"\\ud800"}', 422],
    ['a long description', JSON.stringify({ description: 'x'.repeat(4001) }), 422],
    ['a script for a URL', '{"url":"javascript:alert(1)"}', 422],
    ['an empty URL', '{"url":""}', 422],
    ['a CID with a space', '{"ipfs_cid":"a b"}', 422],
    ['metadata that is a list', '{"metadata":[]}', 422],
    ['metadata over 16 KiB', JSON.stringify({ metadata: { a: 'x'.repeat(16_400) } }), 422],
    ['metadata nested too deep', `{"metadata":${deep}}`, 422],
    ['a number that JSON does not hold', '{"metadata":{"a":1e999}}', 422],
    ['broken JSON', '{"tags":', 400],
    ['a large body', JSON.stringify({ description: 'x'.repeat(300_000) }), 413],
  ])('%s', async (_what, body, status) => {
    const before = await countRows(suite.tables);
    const answer = await suite.patch(`/assets/${name}`, body, suite.as('giles', { headers: json })).expect(status);
    expect(answer.body).toMatchObject({ code: expect.any(String), request_id: expect.any(String) });
    expect(await countRows(suite.tables)).toEqual(before);
  });

  it('another content type, with 415', async () => {
    const headers = suite.as('giles', { headers: { 'content-type': 'application/merge-patch' } });
    await suite.patch(`/assets/${name}`, '{}', headers).expect(415);
  });

  it('no body, with 422', async () => {
    await suite.patch(`/assets/${name}`, '', suite.as('giles')).expect(422);
  });

  it.each(['', ' ', 'x'.repeat(256), 'caf\u00e9'])('the Idempotency-Key %j, with 400', async (key) => {
    const headers = suite.as('giles', { headers: { 'idempotency-key': key } });
    await suite.patch(`/assets/${name}`, {}, headers).expect(400);
    await suite.delete(`/assets/${name}`, headers).expect(400);
  });
});

describe('null in a PATCH', () => {
  it('takes away what can be absent', async () => {
    const whole = {
      ...{ tags: ['a'], description: 'd', metadata: { a: 1 } },
      ...{ url: 'https://example.com/', ipfs_cid: 'bafy' },
    };
    const asset = await suite.registered('giles', whole);
    const nothing = { tags: null, description: null, metadata: null, url: null, ipfs_cid: null };
    const answer = await suite.patch(`/assets/${asset.name}`, nothing, suite.as('giles')).expect(200);
    expect(answer.body).toMatchObject({ ...nothing, tags: [], metadata: {} });
    expect(answer.body).toMatchObject({
      activity: { object: expect.not.objectContaining({ tag: expect.anything() }) },
    });
  });
});
