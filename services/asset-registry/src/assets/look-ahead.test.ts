import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSuite, type RegistrySuite } from '../testing/suite.testing.ts';

let suite: RegistrySuite;
const rows = 25_000;

beforeAll(async () => {
  suite = await startSuite();
  await suite.tables.pgStatement(
    {
      text: `
      INSERT INTO assets (id, name, content_hash, owner_actor_id, owner_username, asset_type, tags, activity_id, created_at)
      SELECT 'ast_' || lpad(n::text, 26, '0'), 'work-' || n, md5(n::text), 'user:giles', 'giles', 'image',
        CASE WHEN n IN (3, 4) THEN '{rare}' ELSE '{art}' END::text[], gen_random_uuid(), now() - ($1 - n) * interval '1 second'
      FROM generate_series(1, $1::int) n`,
      values: [rows],
    },
    { actorId: 'user:giles' },
  );
});
afterAll(() => suite?.remove());

interface Page {
  assets: { name: string }[];
  total: number;
  total_estimated?: boolean;
  next: string | null;
}

const page = async (path: string): Promise<Page> => (await suite.get(path).expect(200)).body as Page;

describe('a list of more rows than a page looks at', () => {
  it.each(['tag=rare', 'q=work-3', 'tag=rare&sort=name', 'asset_type=image&tag=rare&owner=giles'])(
    'finds all that match %s, each once, by going on from page to page',
    async (filter) => {
      const found: string[] = [];
      let pages = 0;
      for (let next: string | null = `/assets?limit=100&${filter}`; next !== null; pages += 1) {
        const { assets, next: following } = await page(next);
        found.push(...assets.map(({ name }) => name));
        next = following;
      }
      const { rows: expected } = await suite.tables.pool.query<{ name: string }>(
        `SELECT name FROM assets WHERE ${filter.startsWith('q') ? `name LIKE '%work-3%'` : `'rare' = ANY (tags)`}`,
      );
      expect(found.toSorted()).toEqual(expected.map(({ name }) => name).toSorted());
      expect(pages).toBeLessThanOrEqual(2 + found.length / 100 + 1);
    },
  );

  it('says that a total is an estimate where it did not look at all', async () => {
    expect(await page('/assets?tag=rare')).toMatchObject({ assets: [], total_estimated: true });
    expect((await page('/assets?tag=rare')).next).not.toBeNull();
  });
});
