import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, startL1Farm, type TestDatabase } from '@artdag/testing';
import pg from 'pg';
import { call, newAccount } from './lib/api-client.ts';
import { runAdmin } from './lib/erasing.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const configured = 'https://l1.example';
const added = 'https://added.example';

let database: TestDatabase;
let suite: StandaloneSuite;
beforeAll(async () => {
  database = await createTestDatabase();
  suite = await startStandalone({
    env: { L1_SERVERS: configured, DATABASE_URL: database.url, ALLOW_HTTP_L1: 'true' },
  });
});
afterAll(async () => {
  await suite?.remove();
  await database?.drop();
});

const admin = (...args: string[]) => runAdmin(suite.dataFolder, ...args);
const out = async (...args: string[]): Promise<string> => {
  const done = await admin(...args);
  expect([done.code, done.err]).toEqual([0, '']);
  return done.out;
};
const query = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
};
const attach = async (token = '', l1_server = ''): Promise<[number, unknown]> => {
  const { status, body } = await call(suite.url, '/renderers/attach', { token, body: { l1_server } });
  return [status, status === 200 ? body['token'] : body['code']];
};
const verify = async (token: unknown, l1_server: string): Promise<unknown[]> => {
  const { status, body } = await call(suite.url, '/auth/verify', { body: { token, l1_server } });
  return [status, body['code']];
};

it('an operator lists an L1, names its key, and lists it no more', async () => {
  const { token } = await newAccount(suite.url);
  expect(await attach(token, added)).toEqual([403, 'l1_not_authorized']);
  expect(await out('l1', 'add', added, '--name', 'Added')).toBe(`${added}: People can attach to it now.\n`);
  const [status, l1Token] = await attach(token, added);
  expect([status, await verify(l1Token, added)]).toEqual([200, [200, undefined]]);
  const file = join(suite.dataFolder, 'l1.pem');
  writeFileSync(
    file,
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }),
  );
  expect(await out('l1', 'set-key', added, file)).toBe(`${added} signs by a key of kind rsa-2048.\n`);
  const table = await out('l1', 'list');
  expect(table).toMatch(/^L1 +STATUS +LISTED +KEY +LAST ATTACHED +NAME\n/);
  expect(table).toMatch(/^https:\/\/l1\.example +active +configured +no +never +l1\.example$/m);
  expect(table).toMatch(/^https:\/\/added\.example +active +added +yes +\d{4}-\S+ +Added$/m);
  expect(await out('l1', 'set-key', added, '--remove')).toBe(`${added} has no key any more.\n`);
  const unasked = await admin('l1', 'remove', added);
  expect([unasked.code, unasked.err]).toEqual([1, expect.stringContaining('add --yes')]);
  expect(await verify(l1Token, added)).toEqual([200, undefined]);
  expect(await out('l1', 'list')).toContain(added);
  expect(await out('l1', 'remove', added, '--yes')).toBe(
    `${added} is listed no more. 1 tokens of 1 people are dead.\n`,
  );
  expect(await verify(l1Token, added)).toEqual([403, 'l1_not_authorized']);
}, 180_000);

it('an operator removes an L1: nothing of it is left, and nothing comes back to life when it is added again', async () => {
  const farm = await startL1Farm({ good: 0, hanging: 0, refusing: 0, failing: 1 });
  const [l1 = ''] = farm.all;
  try {
    await out('l1', 'add', l1);
    const people = [await newAccount(suite.url), await newAccount(suite.url), await newAccount(suite.url)];
    const [first, second, gone] = people.map(({ token }) => token);
    const held = [await attach(first, l1), await attach(first, l1), await attach(second, l1), await attach(gone, l1)];
    expect(held.map(([status]) => status)).toEqual([200, 200, 200, 200]);
    expect((await call(suite.url, '/auth/logout', { token: gone ?? '', method: 'POST' })).status).toBe(200);
    await eventually(() => expect(farm.calls.length).toBeGreaterThan(0));
    expect(await out('l1', 'revocations', '--l1', l1)).toContain(people[2]?.username);

    expect(await out('l1', 'remove', l1, '--yes')).toBe(`${l1} is listed no more. 3 tokens of 2 people are dead.\n`);
    const rows = await query(
      `SELECT 'attachment' AS what FROM bridge.user_renderers WHERE l1_url = $1
       UNION ALL SELECT state FROM bridge.l1_revocations WHERE l1_url = $1
       UNION ALL SELECT 'live token' FROM auth.api_tokens WHERE l1_server = $1 AND revoked_at IS NULL`,
      [l1],
    );
    expect(rows).toEqual([]);
    expect((await admin('l1', 'retry', '--l1', l1)).err).toContain('(nothing_to_retry)');
    expect((await admin('l1', 'remove', l1, '--yes')).err).toContain('(l1_not_found)');
    expect(await out('l1', 'list')).not.toContain(l1);
    const told = farm.calls.length;
    for (const [, token] of held) expect(await verify(token, l1)).toEqual([403, 'l1_not_authorized']);

    await out('l1', 'add', l1);
    for (const [, token] of held) expect(await verify(token, l1)).toEqual([401, 'token_revoked']);
    const { body } = await call(suite.url, '/renderers', { token: first ?? '' });
    const shown = (body['renderers'] as Record<string, unknown>[]).find(({ l1_server }) => l1_server === l1);
    expect(shown).toMatchObject({ attached: false, verified_at: null });
    expect(farm.calls).toHaveLength(told);
    expect(await out('l1', 'remove', l1, '--yes')).toBe(`${l1} is listed no more. 0 tokens of 0 people are dead.\n`);
  } finally {
    await farm.close();
  }
}, 180_000);

it('an operator drains an L1, throws people out when told twice, and takes it back into use', async () => {
  const { token } = await newAccount(suite.url);
  const [, l1Token] = await attach(token, configured);
  expect(await out('drain', '--l1', configured)).toBe(`${configured} takes nobody new.\n`);
  expect(await attach(token, configured)).toEqual([409, 'l1_draining']);
  expect(await verify(l1Token, configured)).toEqual([200, undefined]);
  const { body } = await call(suite.url, '/renderers', { token });
  expect(body['renderers']).toMatchObject([{ l1_server: configured, status: 'draining' }]);
  const unasked = await admin('drain', '--l1', configured, '--evict');
  expect([unasked.code, unasked.err]).toEqual([1, expect.stringContaining('--yes')]);
  expect(await verify(l1Token, configured)).toEqual([200, undefined]);
  expect(await out('drain', '--l1', configured, '--evict', '--yes')).toBe(
    `${configured} takes nobody new. 1 tokens of 1 people are dead.\n`,
  );
  expect(await verify(l1Token, configured)).toEqual([401, 'token_revoked']);
  expect(await out('uncordon', '--l1', configured)).toBe(`${configured} takes people again.\n`);
  expect((await attach(token, configured))[0]).toBe(200);
  expect(await out('l1', 'set-status', configured, 'disabled')).toBe(`${configured} is disabled.\n`);
  expect(await attach(token, configured)).toEqual([403, 'l1_not_authorized']);
}, 180_000);

it('an operator is told what is wrong, and every change is in the audit log', async () => {
  const wrong = await admin('l1', 'set-status', 'https://nowhere.example', 'active');
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('(l1_not_found)')]);
  expect((await admin('l1', 'set-key', configured)).err).toContain('--remove');
  expect((await admin('l1', 'set-key', configured, '/nowhere')).err).toContain('cannot be read');
  expect((await admin('l1', 'remove', configured, '--yes')).err).toContain('(l1_configured)');
  expect((await admin('drain')).code).toBe(1);
  const rows = await query(`SELECT DISTINCT action FROM auth.audit_log WHERE action LIKE 'l1.%' ORDER BY 1`);
  const wanted = 'added drained key_set removed retry status_set uncordoned';
  expect(rows.map(({ action }) => action)).toEqual(wanted.split(' ').map((what) => `l1.${what}`));
}, 180_000);
