import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newBody, publicUrl } from '../../testing/registry.testing.ts';
import { startSuite, type Json, type RegistrySuite } from '../../testing/suite.testing.ts';

let suite: RegistrySuite;

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.remove());

/** The last claim on a content. */
async function lastClaim(contentHash: string): Promise<{ type: string; object: Json }> {
  const { rows } = await suite.tables.pool.query<{ document: string }>(
    'SELECT document FROM activities WHERE content_hash = $1 ORDER BY published DESC, asset_version DESC LIMIT 1',
    [contentHash],
  );
  return JSON.parse(rows[0]?.document ?? '') as { type: string; object: Json };
}

/** By what claims name an asset that is one among several of its content. */
async function loneId(name: string): Promise<string> {
  const statement = { text: 'SELECT id, content_hash FROM assets WHERE name = $1', values: [name] };
  const { rows } = await suite.tables.pgStatement<{ id: string; content_hash: string }>(statement, { system: true });
  return `${publicUrl}/objects/${rows[0]?.content_hash}#${rows[0]?.id}`;
}

describe('of several assets of one content', () => {
  let hash: string;
  let first: string;
  let second: string;

  beforeAll(async () => {
    hash = newBody().content_hash;
    first = (await suite.registered('giles', { content_hash: hash, tags: ['first'] })).name;
    second = (await suite.registered('giles', { content_hash: hash, visibility: 'unlisted' })).name;
  });

  const object = async (): Promise<Json> => (await suite.get(`/objects/${hash}`).expect(200)).body as Json;
  const patch = (name: string, body: Json) => suite.patch(`/assets/${name}`, body, suite.as('giles')).expect(200);

  it('the earliest is what the content’s object shows', async () => {
    expect(await object()).toMatchObject({ id: `${publicUrl}/objects/${hash}`, name: first });
  });

  it('an Update of the earliest is one of the content’s object, and the object shows it', async () => {
    await patch(first, { tags: ['changed'] });
    const { type, object: said } = await lastClaim(hash);
    expect([type, said['id']]).toEqual(['Update', `${publicUrl}/objects/${hash}`]);
    expect(await object()).toEqual({ '@context': expect.anything(), ...said });
  });

  it('an Update of a later one is one of that asset alone, and the object stays', async () => {
    const before = await object();
    await patch(second, { tags: ['second'] });
    const { type, object: said } = await lastClaim(hash);
    expect([type, said['id'], said['name']]).toEqual(['Update', await loneId(second), second]);
    expect(await object()).toEqual(before);
  });

  it('a Delete of the earliest is one of that asset alone, and the object shows what the next one last said', async () => {
    await suite.delete(`/assets/${first}`, suite.as('giles')).expect(204);
    const { type, object: said } = await lastClaim(hash);
    expect([type, said['id']]).toEqual(['Delete', await loneId(first)]);
    expect(await object()).toMatchObject({
      id: `${publicUrl}/objects/${hash}`,
      name: second,
      tag: [{ name: '#second' }],
    });
  });

  it('a Delete of the last is one of the content’s object', async () => {
    await suite.delete(`/assets/${second}`, suite.as('giles')).expect(204);
    const { type, object: said } = await lastClaim(hash);
    expect([type, said['id']]).toEqual(['Delete', `${publicUrl}/objects/${hash}`]);
    await suite.get(`/objects/${hash}`).expect(410);
  });

  it('one that is registered afterwards shows again', async () => {
    const { name } = await suite.registered('giles', { content_hash: hash });
    expect(await object()).toMatchObject({ name });
  });
});
