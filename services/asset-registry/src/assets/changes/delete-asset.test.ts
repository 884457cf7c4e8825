import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assetDeleted } from '@artdag/events';
import { countRows, newBody, publicUrl } from '../../testing/registry.testing.ts';
import { startSuite, type Json, type RegistrySuite } from '../../testing/suite.testing.ts';

let suite: RegistrySuite;

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.remove());

interface Claim extends Json {
  id: string;
  type: string;
  object: Json;
}

async function claimsOf(contentHash: string): Promise<Claim[]> {
  const { rows } = await suite.tables.pool.query<{ document: string }>(
    'SELECT document FROM activities WHERE content_hash = $1 ORDER BY published, asset_version NULLS FIRST',
    [contentHash],
  );
  return rows.map((row) => JSON.parse(row.document) as Claim);
}

const remove = (name: string, owner = 'giles') => suite.delete(`/assets/${name}`, suite.as(owner));

describe('DELETE /assets/{name}', () => {
  it('answers 204, and the signed Delete has a Tombstone that says of the work no more than its hash', async () => {
    const { name, contentHash, body } = await suite.registered('giles', { description: 'secret words' });
    const answer = await remove(name).expect(204);
    expect(answer.text).toBe('');
    const [create, deletion] = await claimsOf(contentHash);
    expect(create).toEqual(body['activity']);
    expect(deletion).toMatchObject({ type: 'Delete', actor: `${publicUrl}/users/giles` });
    expect(deletion?.object).toEqual({
      type: 'Tombstone',
      id: `${publicUrl}/objects/${contentHash}`,
      formerType: 'as:Video',
      deleted: deletion?.['published'],
      contentHash: { algorithm: 'sha3-256', value: contentHash },
    });
    expect(suite.proofHolds(deletion ?? {})).toBe(true);
  });

  it('stores the activity, its salt, its leaf and its event, and no more', async () => {
    const { name, contentHash, body } = await suite.registered('giles');
    const before = await countRows(suite.tables);
    await remove(name).expect(204);
    expect(await countRows(suite.tables)).toEqual({
      ...before,
      activities: before.activities + 1,
      salts: before.salts + 1,
      leaves: before.leaves + 1,
      events: before.events + 1,
    });
    const [, deletion] = await claimsOf(contentHash);
    const { rows } = await suite.tables.pool.query<{ payload: string }>(
      `SELECT payload FROM outbox WHERE type = 'asset-deleted' AND payload LIKE '%"' || $1 || '"%'`,
      [deletion?.id],
    );
    const envelope = assetDeleted.parse(JSON.parse(rows[0]?.payload ?? ''));
    const { activity: _activity, ...asset } = body;
    expect(envelope).toMatchObject({ subject_version: 2, data: { asset, activity: deletion } });
  });

  it('leaves 410 with a Tombstone behind, also for those who want ActivityStreams, and takes the asset out of lists', async () => {
    const { name, contentHash } = await suite.registered('giles');
    await remove(name).expect(204);
    for (const [path, id] of [
      [`/assets/${name}`, `${publicUrl}/assets/${name}`],
      [`/objects/${contentHash}`, `${publicUrl}/objects/${contentHash}`],
    ] as const) {
      const plain = await suite.get(path).expect(410);
      expect(plain.body).toEqual({
        '@context': 'https://www.w3.org/ns/activitystreams',
        ...{ type: 'Tombstone', id, formerType: 'as:Video', deleted: expect.stringMatching(/:\d\dZ$/) },
        ...{ detail: expect.any(String), code: 'gone', request_id: expect.any(String) },
      });
      expect(plain.headers).toMatchObject({ vary: 'Accept', 'content-type': 'application/json; charset=utf-8' });
      const streams = await suite.get(path, { accept: 'application/activity+json' }).expect(410);
      expect(streams.headers['content-type']).toBe('application/activity+json; charset=utf-8');
    }
    const list = await suite.get(`/assets?content_hash=${contentHash}`, suite.as('giles')).expect(200);
    expect(list.body).toMatchObject({ assets: [], total: 0 });
  });

  it('keeps the name taken and the content its owner’s', async () => {
    const { name, contentHash } = await suite.registered('giles');
    await remove(name).expect(204);
    const again = await suite.post('/assets', newBody({ name }), suite.as('giles')).expect(409);
    expect(again.body).toMatchObject({ code: 'asset_exists' });
    const other = await suite.post('/assets', newBody({ content_hash: contentHash }), suite.as('anya')).expect(409);
    expect(other.body).toMatchObject({ code: 'content_already_owned' });
    await suite.post('/assets', newBody({ content_hash: contentHash }), suite.as('giles')).expect(201);
    await suite.get(`/objects/${contentHash}`).expect(200);
  });

  it('leaves all claims readable', async () => {
    const { name, contentHash } = await suite.registered('giles');
    await suite.patch(`/assets/${name}`, { description: 'x' }, suite.as('giles')).expect(200);
    await remove(name).expect(204);
    const claims = await claimsOf(contentHash);
    expect(claims.map((claim) => claim.type)).toEqual(['Create', 'Update', 'Delete']);
    for (const claim of claims) expect((await suite.get(new URL(claim.id).pathname).expect(200)).body).toEqual(claim);
  });

  it('of one among several of a content is about that one alone, without its name, which may be erased', async () => {
    const { name, contentHash } = await suite.registered('giles');
    const { name: other } = await suite.registered('giles', { content_hash: contentHash });
    await remove(other).expect(204);
    await remove(name).expect(204);
    const deletions = (await claimsOf(contentHash)).filter(({ type }) => type === 'Delete');
    const { rows } = await suite.tables.pgStatement<{ id: string }>(
      { text: 'SELECT id FROM assets WHERE name = $1', values: [other] },
      { system: true },
    );
    const content = `${publicUrl}/objects/${contentHash}`;
    expect(deletions.map(({ object }) => object['id'])).toEqual([`${content}#${rows[0]?.id}`, content]);
    expect(JSON.stringify(deletions)).not.toContain(other);
  });

  it('is final: 410 for a second one and for a PATCH', async () => {
    const { name } = await suite.registered('giles');
    await remove(name).expect(204);
    const before = await countRows(suite.tables);
    expect((await remove(name).expect(410)).body).toMatchObject({ code: 'gone' });
    await remove(name, 'anya').expect(410);
    await suite.patch(`/assets/${name}`, { description: 'x' }, suite.as('giles')).expect(410);
    expect(await countRows(suite.tables)).toEqual(before);
  });

  it('503 signing_unavailable with nothing stored when identity does not answer', async () => {
    const { name } = await suite.registered('giles');
    const before = await countRows(suite.tables);
    suite.identity.mode = 'down';
    expect((await remove(name).expect(503)).body).toMatchObject({ code: 'signing_unavailable' });
    suite.identity.mode = 'up';
    expect(await countRows(suite.tables)).toEqual(before);
    await suite.get(`/assets/${name}`).expect(200);
  });
});
