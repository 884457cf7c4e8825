import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newBody, publicUrl, type RunningRegistry } from '../../testing/registry.testing.ts';
import { startSuite, type Json, type RegistrySuite } from '../../testing/suite.testing.ts';

let suite: RegistrySuite;
/** A second replica on the same tables. */
let other: RunningRegistry;

beforeAll(async () => {
  suite = await startSuite();
  other = await suite.replica();
});
afterAll(() => suite?.remove());

interface Step {
  version: number;
  type: string;
  object: Json;
}

/** What the events say of an asset, in the order of its versions. */
async function historyOf(name: string): Promise<Step[]> {
  const { rows } = await suite.tables.pool.query<{ payload: string }>(
    `SELECT payload FROM outbox WHERE payload LIKE '%"name":"' || $1 || '",%'`,
    [name],
  );
  const events = rows.map(
    ({ payload }) => JSON.parse(payload) as { subject_version: number; data: { activity: Json } },
  );
  return events
    .map(({ subject_version: version, data: { activity } }) => ({
      version,
      type: String(activity['type']),
      object: activity['object'] as Json,
    }))
    .toSorted((a, b) => a.version - b.version);
}

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const replica = (i: number): RunningRegistry => (i % 2 ? other : suite);

describe('changes at the same time', () => {
  it('50 PATCHes of one asset are 50 claims in order, and the last one is what stands', async () => {
    const { name } = await suite.registered('giles');
    const answers = await Promise.all(
      numbers(50).map(async (i) => {
        const answer = await replica(i).patch(`/assets/${name}`, { tags: [`t${i}`] }, suite.as('giles'));
        return { status: answer.status, etag: answer.headers['etag'] };
      }),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50);
    expect(answers.map(({ etag }) => Number(JSON.parse(etag ?? ''))).toSorted((a, b) => a - b)).toEqual(
      numbers(50).map((i) => i + 2),
    );
    const history = await historyOf(name);
    expect(history.map(({ version }) => version)).toEqual(numbers(51).map((i) => i + 1));
    const { rows } = await suite.tables.pool.query<{ asset_version: number }>(
      `SELECT asset_version FROM activities WHERE asset_id = (SELECT id FROM assets WHERE name = $1) ORDER BY asset_version`,
      [name],
    );
    expect(rows.map((row) => row.asset_version)).toEqual(numbers(50).map((i) => i + 2));
    const standing = (await suite.get(`/assets/${name}`).expect(200)).body as { tags: string[] };
    expect(history.at(-1)?.object['tag']).toEqual([{ type: 'Hashtag', name: `#${standing.tags[0]}` }]);
  });

  it('50 PATCHes and DELETEs have one Delete, which is the last', async () => {
    const { name } = await suite.registered('giles');
    const answers = await Promise.all(
      numbers(50).map(async (i) => {
        const call =
          i % 3 === 2
            ? replica(i).delete(`/assets/${name}`, suite.as('giles'))
            : replica(i).patch(`/assets/${name}`, { description: `d${i}` }, suite.as('giles'));
        return (await call).status;
      }),
    );
    expect(answers.filter((status) => status === 204)).toHaveLength(1);
    expect(answers.every((status) => status === 200 || status === 204 || status === 410)).toBe(true);
    const history = await historyOf(name);
    expect(history.map(({ version }) => version)).toEqual(history.map((_, i) => i + 1));
    expect(history.slice(0, -1).map(({ type }) => type)).toEqual([
      'Create',
      ...answers.filter((status) => status === 200).map(() => 'Update'),
    ]);
    expect(history.at(-1)?.type).toBe('Delete');
  });

  it('DELETEs of all assets of one content leave one that tells of the content’s end, and it is the last', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { content_hash: hash } = newBody();
      const names: string[] = [];
      for (const _ of numbers(4)) names.push((await suite.registered('giles', { content_hash: hash })).name);
      const statuses = await Promise.all(
        names.map(async (name, i) => (await replica(i).delete(`/assets/${name}`, suite.as('giles'))).status),
      );
      expect(statuses).toEqual(names.map(() => 204));
      const { rows } = await suite.tables.pool.query<{ id: string }>(
        `SELECT object_data ->> 'id' AS id FROM activities WHERE content_hash = $1 AND activity_type = 'Delete' ORDER BY published, activity_id`,
        [hash],
      );
      const ofContent = rows.filter(({ id }) => id === `${publicUrl}/objects/${hash}`);
      expect([rows.length, ofContent.length]).toEqual([4, 1]);
      await suite.get(`/objects/${hash}`).expect(410);
    }
  });

  it('a DELETE and a registration of the same content never make followers forget what stands', async () => {
    for (const round of numbers(20)) {
      const { name, contentHash } = await suite.registered('giles');
      const again = newBody({ content_hash: contentHash });
      const [deletion, creation] = await Promise.all([
        suite.delete(`/assets/${name}`, suite.as('giles')),
        replica(round).post('/assets', again, suite.as('giles')),
      ]);
      expect([deletion.status, creation.status]).toEqual([204, 201]);
      const { rows } = await suite.tables.pool.query<{ type: string; id: string }>(
        `SELECT activity_type AS type, object_data ->> 'id' AS id FROM activities WHERE content_hash = $1`,
        [contentHash],
      );
      const [tombstone] = rows.filter(({ type }) => type === 'Delete');
      const standing = (await suite.get(`/objects/${contentHash}`).expect(200)).body as Json;
      expect(standing['name']).toBe(again.name);
      // Either the Delete knew of the other asset, or it came first.
      expect(tombstone?.id.split('#', 1)).toEqual([`${publicUrl}/objects/${contentHash}`]);
    }
  });
});

describe('If-Match', () => {
  it('lets one of several changes of one version through, and 412 tells the others', async () => {
    const { name } = await suite.registered('giles');
    const headers = suite.as('giles', { headers: { 'if-match': '"1"' } });
    const answers = await Promise.all(
      numbers(10).map(async (i) => {
        const answer = await replica(i).patch(`/assets/${name}`, { tags: [`t${i}`] }, headers);
        return [answer.status, answer.headers['etag']];
      }),
    );
    expect(answers.toSorted()).toEqual([[200, '"2"'], ...numbers(9).map(() => [412, '"2"'])]);
    expect(await historyOf(name)).toHaveLength(2);
  });

  it.each([
    ['"1"', 204],
    ['*', 204],
    ['"7", "1"', 204],
    ['"2"', 412],
    ['W/"1"', 412],
    ['1', 412],
    ['', 412],
    ['"1', 412],
  ])('%s on version 1 → %i', async (tag, status) => {
    const { name } = await suite.registered('giles');
    await suite.delete(`/assets/${name}`, suite.as('giles', { headers: { 'if-match': tag } })).expect(status);
  });
});
