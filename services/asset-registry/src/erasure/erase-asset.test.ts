import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commitment } from '@artdag/claims';
import { assetErased } from '@artdag/events';
import { makeAssertionKit } from '@artdag/testing';
import { newBody, publicUrl } from '../testing/registry.testing.ts';
import { startSuite, type Json, type RegistrySuite } from '../testing/suite.testing.ts';
import {
  asAdmin,
  erasuresFinished,
  erase,
  eraseByName,
  everyRow,
  found,
  lookUp,
  markedAsset,
  query,
  sequenced,
  stateOf,
} from './erasing.testing.ts';

let suite: RegistrySuite;

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.remove());

const leaves = () =>
  query(
    suite.tables,
    `SELECT log_index, seq, leaf, encode(leaf_hash, 'hex') AS hash, activity_id FROM log_entries ORDER BY 1`,
  );
const finished = () => erasuresFinished(suite.tables);

const claimIdsOf = async (contentHash: string): Promise<string[]> => {
  const claims =
    'SELECT activity_id FROM activities WHERE content_hash = $1 ORDER BY published, asset_version NULLS FIRST';
  const rows = await query<{ activity_id: string }>(suite.tables, claims, [contentHash]);
  return rows.map(({ activity_id: id }) => id);
};

async function assetIdOf(name: string): Promise<string> {
  const { body } = await lookUp(suite, { name }).expect(200);
  return (body as { assets: { asset_id: string }[] }).assets[0]?.asset_id ?? '';
}

describe('an erased asset', () => {
  it('leaves no word that people wrote about it in any row, and every leaf where it was', async () => {
    const { fields, words } = markedAsset('Zaphod');
    const later = markedAsset('Marvin');
    const { name: _name, origin: _origin, ...patch } = later.fields;
    const body = newBody(fields);
    const kept = { headers: { 'idempotency-key': 'first' } };
    await suite.post('/assets', body, suite.as('giles', kept)).expect(201);
    const again = { headers: { 'idempotency-key': 'second' } };
    await suite.patch(`/assets/${body.name}`, patch, suite.as('giles', again)).expect(200);
    await suite.patch(`/assets/${body.name}`, { description: null }, suite.as('giles')).expect(200);
    const other = await suite.registered('giles', { description: 'Trillian' });
    await sequenced(suite.tables);
    const before = await leaves();
    const all = [...words, ...later.words.filter((word) => !/name|origin|note/.test(word))];
    expect(found(await everyRow(suite.tables), all)).toEqual(all);

    const answer = await eraseByName(suite, body.name);
    expect(answer).toMatchObject({
      erased_activities: 3,
      deletion: expect.stringContaining(`${publicUrl}/activities/`),
    });
    await finished();
    await sequenced(suite.tables);
    expect(found(await everyRow(suite.tables), [...all, 'Zaphod', 'Marvin'])).toEqual([]);
    const after = await leaves();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(JSON.parse(String(after.at(-1)?.['leaf']))).toMatchObject({ type: 'Delete', activity: answer['deletion'] });
    const salts = await query<{ activity_id: string; salt: Buffer }>(
      suite.tables,
      'SELECT activity_id, salt FROM log_salts',
    );
    const claims = await claimIdsOf(body.content_hash);
    expect(claims.map((id) => salts.some(({ activity_id }) => activity_id === id))).toEqual([
      false,
      false,
      false,
      true,
    ]);

    // What is left can still be verified: the other asset's claim, and the Delete.
    for (const [id, leafOf] of [
      [String(other.body['activity_id']), before],
      [claims.at(-1) ?? '', after],
    ] as const) {
      const claim = (await suite.get(`/activities/${id}`).expect(200)).text;
      expect(suite.proofHolds(JSON.parse(claim) as Json)).toBe(true);
      const salt = salts.find(({ activity_id }) => activity_id === id)?.salt ?? Buffer.alloc(0);
      const leaf = String(leafOf.find(({ activity_id }) => activity_id === id)?.['leaf']);
      expect(JSON.parse(leaf)).toMatchObject({ commitment: commitment(salt, claim) });
    }
  });

  it('answers 410 with a Tombstone and the code erased, by every address of its own', async () => {
    const { name, contentHash, body } = await suite.registered('giles');
    await sequenced(suite.tables);
    const [entry] = await query<{ seq: string }>(suite.tables, 'SELECT seq FROM log_entries WHERE activity_id = $1', [
      body['activity_id'],
    ]);
    await eraseByName(suite, name);
    const context = 'https://www.w3.org/ns/activitystreams';
    const deleted = expect.stringMatching(/:\d\dZ$/);
    const error = { detail: expect.any(String), request_id: expect.any(String) };
    const claim = {
      ...{ '@context': context, type: 'Tombstone', id: body['activity_url'], formerType: 'as:Create', deleted },
      published: (body['activity'] as Json)['published'],
    };
    for (const path of [`/activities/${String(body['activity_id'])}`, `/activities/${entry?.seq}`]) {
      const plain = await suite.get(path).expect(410);
      expect(plain.body).toEqual({ ...claim, ...error, code: 'erased' });
      const streams = await suite.get(path, { accept: 'application/activity+json' }).expect(410);
      expect(streams.headers).toMatchObject({
        'content-type': 'application/activity+json; charset=utf-8',
        vary: 'Accept',
      });
    }
    expect((await suite.get(`/assets/${name}`).expect(410)).body).toEqual({
      ...{ '@context': context, type: 'Tombstone', id: `${publicUrl}/assets/${name}`, deleted },
      ...{ ...error, code: 'erased' },
    });
    const object = await suite.get(`/objects/${contentHash}`).expect(410);
    expect(object.body).toMatchObject({ type: 'Tombstone', formerType: 'as:Video', code: 'gone' });
    const list = (await suite.get('/activities?type=Create&limit=100').expect(200)).body as { activities: Json[] };
    expect(list.activities).toContainEqual(claim);
    expect((await suite.get(`/assets?owner=giles&limit=100`)).text).not.toContain(name);
  });

  it('keeps its name and its content taken', async () => {
    const { name, contentHash } = await suite.registered('giles');
    await eraseByName(suite, name);
    const taken = await suite.post('/assets', newBody({ name }), suite.as('giles')).expect(409);
    expect(taken.body).toMatchObject({ code: 'asset_exists' });
    await suite.post('/assets', newBody({ name }), suite.as('anya')).expect(409);
    const owned = await suite.post('/assets', newBody({ content_hash: contentHash }), suite.as('anya')).expect(409);
    expect(owned.body).toMatchObject({ code: 'content_already_owned' });
    // Its owner may claim the content again, by another name.
    await suite.post('/assets', newBody({ content_hash: contentHash }), suite.as('giles')).expect(201);
    await suite.get(`/objects/${contentHash}`).expect(200);
    expect((await suite.patch(`/assets/${name}`, { description: 'x' }, suite.as('giles'))).status).toBe(404);
  });

  it('is told to federation, with its tombstones and its Delete, beyond its last version', async () => {
    const { name, contentHash } = await suite.registered('giles');
    await suite.patch(`/assets/${name}`, { description: 'x' }, suite.as('giles')).expect(200);
    const assetId = await assetIdOf(name);
    await eraseByName(suite, name);
    const text = `SELECT payload FROM outbox WHERE type = 'asset-erased' AND payload::jsonb ->> 'subject' = $1`;
    const rows = await query<{ payload: string }>(suite.tables, text, [assetId]);
    expect(rows).toHaveLength(1);
    const event = assetErased.parse(JSON.parse(rows[0]?.payload ?? ''));
    const [create, update, remove] = (await claimIdsOf(contentHash)).map((id) => `${publicUrl}/activities/${id}`);
    expect(event).toMatchObject({ subject_version: 4, actor_id: 'service:admin' });
    expect(event.data).toMatchObject({
      ...{ object_id: `${publicUrl}/objects/${contentHash}`, owner_id: `${publicUrl}/users/giles` },
      activity: { type: 'Delete', id: remove },
    });
    expect(event.data.tombstones.map(({ id, formerType }) => [id, formerType]).toSorted()).toEqual(
      [
        [create, 'as:Create'],
        [update, 'as:Update'],
      ].toSorted(),
    );
    expect(suite.proofHolds(event.data.activity as Json)).toBe(true);
  });

  it('is found by its name, one of its claims or its content, once erased by nothing, and erasing it again changes nothing', async () => {
    const { name, contentHash, body } = await suite.registered('giles');
    await suite.patch(`/assets/${name}`, { description: 'x' }, suite.as('giles')).expect(200);
    const assetId = await assetIdOf(name);
    const [create, update] = await claimIdsOf(contentHash);
    const ways = [{ name }, { activity: create }, { activity: update }, { content_hash: contentHash }];
    for (const wanted of ways) {
      expect((await lookUp(suite, wanted).expect(200)).body).toEqual({
        assets: [{ asset_id: assetId, owner: 'giles', content_hash: contentHash, claims: 2, deleted_at: null }],
      });
    }
    const first = (await erase(suite, assetId).expect(200)).body as Json;
    await finished();
    const before = await stateOf(suite.tables);
    const second = (await erase(suite, assetId).expect(200)).body as Json;
    expect(second).toEqual({ ...first, erased_activities: 0 });
    expect(await stateOf(suite.tables)).toBe(before);
    for (const wanted of ways) expect((await lookUp(suite, wanted).expect(200)).body).toEqual({ assets: [] });
    expect(create).toBe(body['activity_id']);
    for (const unknown of [{ name: 'nobody' }, { activity: crypto.randomUUID() }, { content_hash: '00'.repeat(32) }]) {
      await lookUp(suite, unknown).expect(404);
    }
    await erase(suite, assetId.replace(/.{4}$/, '0000')).expect(404);
    await suite.post('/internal/admin/erase/look-up', { name, content_hash: contentHash }, asAdmin).expect(422);
  });

  it('that its owner had deleted keeps that Delete and gets no other', async () => {
    const { name, contentHash } = await suite.registered('giles');
    await suite.delete(`/assets/${name}`, suite.as('giles')).expect(204);
    const [, deletion] = await claimIdsOf(contentHash);
    const { body } = await erase(suite, await assetIdOf(name)).expect(200);
    expect(body).toMatchObject({ erased_activities: 1, deletion: `${publicUrl}/activities/${deletion}` });
    expect(await claimIdsOf(contentHash)).toHaveLength(2);
    await suite.get(`/activities/${deletion}`).expect(200);
  });

  it('of a disabled owner is deleted by their key all the same; of one whose keys sign nothing more it is erased without', async () => {
    const { name } = await suite.registered('anya');
    suite.identity.disabled.add('user:anya');
    const { deletion } = await eraseByName(suite, name);
    const claim = (await suite.get(new URL(String(deletion)).pathname).expect(200)).body as Json;
    expect(claim).toMatchObject({ type: 'Delete', actor: `${publicUrl}/users/anya` });
    expect(suite.proofHolds(claim)).toBe(true);
    const silent = await suite.registered('spike');
    suite.identity.silenced.add('user:spike');
    expect(await eraseByName(suite, silent.name)).toMatchObject({ erased_activities: 1, deletion: null });
  });

  it('stays whole when its Delete cannot be signed at the moment: 503, and nothing is erased', async () => {
    const { name } = await suite.registered('giles');
    const assetId = await assetIdOf(name);
    const before = await stateOf(suite.tables);
    suite.identity.mode = 'down';
    expect((await erase(suite, assetId).expect(503)).body).toMatchObject({ code: 'signing_unavailable' });
    suite.identity.mode = 'up';
    expect(await stateOf(suite.tables)).toBe(before);
    await erase(suite, assetId).expect(200);
  });

  it('leaves nothing of changes that come at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { name, contentHash } = await suite.registered('giles', { description: `Ford-${round}` });
      const assetId = await assetIdOf(name);
      const patches = Array.from({ length: 8 }, (_, i) =>
        suite.patch(`/assets/${name}`, { description: `Ford-${round}-${i}` }, suite.as('giles')),
      );
      const [erased] = await Promise.all([erase(suite, assetId), ...patches]);
      expect(erased.status).toBe(200);
      const left = await query<{ document: string }>(
        suite.tables,
        `SELECT document FROM activities WHERE content_hash = $1 AND erased_at IS NULL`,
        [contentHash],
      );
      expect(left.map(({ document }) => (JSON.parse(document) as Json)['type'])).toEqual(['Delete']);
    }
    await finished();
    expect(found(await everyRow(suite.tables), ['Ford-'])).toEqual([]);
  });

  it('is an operator’s to ask for, and nobody else’s', async () => {
    const { name } = await suite.registered('giles');
    const body = { asset_id: await assetIdOf(name) };
    const kit = makeAssertionKit('asset-registry');
    for (const headers of [
      suite.as('giles'),
      { 'x-actor-assertion': kit.actor({ actor_id: 'user:root', roles: ['system_admin'] }) },
      { 'x-actor-assertion': kit.service('federation') },
    ]) {
      await suite.post('/internal/admin/erase', body, headers).expect(403);
      await suite.post('/internal/admin/erase/look-up', { name }, headers).expect(403);
    }
    await suite.post('/internal/admin/erase', body).expect(401);
    await suite.get(`/assets/${name}`).expect(200);
  });
});
