import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assetUpdated } from '@artdag/events';
import { countRows, noLinks, publicUrl } from '../../testing/registry.testing.ts';
import { startSuite, type Json, type RegistrySuite } from '../../testing/suite.testing.ts';

let suite: RegistrySuite;

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.remove());

const everyone = 'https://www.w3.org/ns/activitystreams#Public';

describe('PATCH /assets/{name}', () => {
  it('answers 200 with the asset and the signed Update, and the asset is so from then on', async () => {
    const { name, contentHash, body } = await suite.registered('giles', { tags: ['a'], url: 'https://example.com/1' });
    const patch = {
      tags: ['b', ' c ', 'b'],
      description: 'New “words”',
      metadata: { b: 1e30, a: 'ü' },
      url: null,
      ipfs_cid: 'bafy',
      visibility: 'unlisted',
    };
    const answer = await suite.patch(`/assets/${name}`, patch, suite.as('giles')).expect(200);
    const { activity, ...asset } = answer.body as Json & { activity: Json };
    const { activity: _create, ...before } = body;
    expect(asset).toEqual({ ...before, ...patch, tags: ['b', 'c'], updated_at: expect.any(String) });
    expect(String(asset['updated_at']) > String(before['updated_at'])).toBe(true);
    const published = String(asset['updated_at']).replace(/\.\d{3}Z$/, 'Z');
    expect(activity).toMatchObject({
      type: 'Update',
      actor: `${publicUrl}/users/giles`,
      published,
      to: [`${publicUrl}/users/giles/followers`],
      cc: [everyone],
    });
    expect(activity['id']).not.toBe(asset['activity_url']);
    const { url: _url, ...created } = (body['activity'] as { object: Json }).object;
    expect(activity['object']).toEqual({
      ...created,
      tag: [
        { type: 'Hashtag', name: '#b' },
        { type: 'Hashtag', name: '#c' },
      ],
      metadata: patch.metadata,
      updated: published,
      id: `${publicUrl}/objects/${contentHash}`,
    });
    expect(suite.proofHolds(activity)).toBe(true);
    expect((await suite.get(`/assets/${name}`).expect(200)).body).toEqual({ ...asset, ...noLinks });
    expect((await suite.get(new URL(String(activity['id'])).pathname).expect(200)).body).toEqual(activity);
  });

  it('stores the activity, its salt, its leaf and its event, and no more', async () => {
    const { name } = await suite.registered('giles');
    const before = await countRows(suite.tables);
    const headers = suite.as('giles', { headers: { 'x-request-id': 'req-9' } });
    const answer = await suite.patch(`/assets/${name}`, { description: 'x' }, headers).expect(200);
    const { activity, ...asset } = answer.body as Json & { activity: { id: string; published: string } };
    expect(await countRows(suite.tables)).toEqual({
      ...before,
      activities: before.activities + 1,
      salts: before.salts + 1,
      leaves: before.leaves + 1,
      events: before.events + 1,
    });
    const id = activity.id.split('/').at(-1);
    const { rows } = await suite.tables.pool.query<{ leaf: string; payload: string }>(
      `SELECT leaf, payload FROM (SELECT leaf, activity_id FROM log_pending UNION ALL SELECT leaf, activity_id FROM log_entries) l, outbox
       WHERE activity_id = $1 AND payload LIKE '%"' || $2 || '"%'`,
      [id, activity.id],
    );
    expect(JSON.parse(rows[0]?.leaf ?? '')).toMatchObject({ type: 'Update', activity: activity.id });
    const envelope = assetUpdated.parse(JSON.parse(rows[0]?.payload ?? ''));
    expect(envelope).toMatchObject({
      subject_version: 2,
      actor_id: 'user:giles',
      correlation_id: 'req-9',
      occurred_at: asset['updated_at'],
      data: { asset: { ...asset, asset_id: envelope.subject }, activity },
    });
  });

  it.each([[{}], [{ description: 'same', tags: ['x', 'y'], metadata: { b: 1, a: [0.1] } }], [{ url: null }]])(
    'makes no claim when nothing changes: %j',
    async (patch) => {
      const same = { description: 'same', tags: ['x', 'y'], metadata: { a: [0.1], b: 1 } };
      const { name, body } = await suite.registered('giles', same);
      const before = await countRows(suite.tables);
      const answer = await suite.patch(`/assets/${name}`, patch, suite.as('giles')).expect(200);
      expect(answer.body).toEqual({ ...body, activity: null });
      expect(answer.headers['etag']).toBe('"1"');
      expect(await countRows(suite.tables)).toEqual(before);
    },
  );

  it('503 signing_unavailable with nothing stored when identity does not answer', async () => {
    const { name } = await suite.registered('giles');
    const before = await countRows(suite.tables);
    suite.identity.mode = 'down';
    const refused = await suite.patch(`/assets/${name}`, { description: 'x' }, suite.as('giles')).expect(503);
    suite.identity.mode = 'up';
    expect(refused.body).toMatchObject({ code: 'signing_unavailable' });
    expect(refused.headers['retry-after']).toBeDefined();
    expect(await countRows(suite.tables)).toEqual(before);
    expect((await suite.get(`/assets/${name}`)).body).toMatchObject({ description: null });
  });
});
