import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '@artdag/testing';
import pg from 'pg';
import { call, newAccount, registerAsset, type Account } from './lib/api-client.ts';
import { buildAuditor, type Auditor } from './lib/auditor.ts';
import { erasuresFinished, runAdmin } from './lib/erasing.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const each = 12;

let database: TestDatabase;
let suite: StandaloneSuite;
let auditor: Auditor;
let tables: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const env = { DATABASE_URL: database.url, LOG_INTERVAL_MS: '50', OTS_CALENDARS: 'none' };
  suite = await startStandalone({ env });
  auditor = await buildAuditor();
  tables = new pg.Client({ connectionString: database.url });
  await tables.connect();
}, 180_000);
afterAll(async () => {
  await tables?.end();
  auditor?.remove();
  await suite?.remove();
  await database?.drop();
});

const firstVkey = async (): Promise<string> => {
  const { body } = await call(suite.url, '/log/vkeys');
  const [first] = body['vkeys'] as { vkey: string }[];
  if (first === undefined) throw new Error('no checkpoint was signed yet');
  return first.vkey;
};

async function registerSome(account: Account): Promise<string[]> {
  const names = Array.from({ length: each }, (_, i) => `${account.username}-${i}`);
  for (const name of names) expect((await registerAsset(suite.url, account.token, name)).status).toBe(201);
  return names;
}

/** Of claims whose words are erased; hex. */
async function erasedLeaves(): Promise<string[]> {
  const { rows } = await tables.query<{ hash: string }>(
    `SELECT encode(leaf_hash, 'hex') AS hash FROM registry.log_entries JOIN registry.activities USING (activity_id) WHERE erased_at IS NOT NULL`,
  );
  return rows.map(({ hash }) => hash);
}

/** Of the newest checkpoint, once nothing waits for one. */
function settledSize(): Promise<number> {
  return eventually(async () => {
    const { rows } = await tables.query<{ waiting: boolean; size: number }>(
      `SELECT EXISTS (SELECT FROM registry.log_pending) OR max(size) < (SELECT count(*) FROM registry.log_entries) AS waiting,
         max(size)::int AS size FROM registry.log_checkpoints`,
    );
    expect(rows).toMatchObject([{ waiting: false }]);
    return rows[0]?.size ?? 0;
  });
}

describe('the auditor in Go, who follows the log while words are erased', () => {
  it('proves each checkpoint consistent with the one before, replays the whole, and finds the leaves of what was erased', async () => {
    const [owner, leaving] = [await newAccount(suite.url), await newAccount(suite.url)];
    const names = await registerSome(owner);
    await registerSome(leaving);
    const vkey = await eventually(firstVkey);
    const following = auditor.follow(`${suite.url}/log`, vkey);
    await following.hasSeen(1);
    for (const name of names.slice(0, each / 2)) {
      expect(await runAdmin(suite.dataFolder, 'erase', name, '--yes')).toMatchObject({ code: 0 });
    }
    const body = { password: 'correct horse battery staple' };
    const { status } = await call(suite.url, '/auth/me', { method: 'DELETE', token: leaving.token, body });
    expect(status).toBe(204);
    await eventually(async () => expect(await erasedLeaves()).toHaveLength(each + each / 2));
    await erasuresFinished(database.url);
    // So that there is a step before, between and after.
    for (const when of ['later', 'last']) {
      await following.hasSeen(await settledSize());
      await registerSome({ ...owner, username: `${owner.username}-${when}` });
    }
    await following.hasSeen(await settledSize());
    const followed = await following.stop();
    expect(followed.findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(followed.findings.filter(({ check }) => check === 'consistency').length).toBeGreaterThan(2);

    const erased = await erasedLeaves();
    const flags = erased.flatMap((hash) => ['-leaf', hash]);
    const { code, findings, last } = await auditor.audit(`${suite.url}/log`, vkey, '-archive', '-replay', ...flags);
    expect([code, last]).toMatchObject([0, { check: 'done' }]);
    const found = findings.filter(({ check }) => check === 'inclusion').map(({ leaf }) => leaf);
    expect(found).toEqual(erased);
    console.log(`${last.size} leaves, ${found.length} of them of erased claims, ${last.requests} requests`);
  });
});
