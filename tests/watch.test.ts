import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { runArtdag, type Run } from '../packages/cli/src/run-artdag.testing.ts';
import { call, newAccount, registerAsset, type Account } from './lib/api-client.ts';
import { startLyingServer, type Lie, type LyingServer } from './lib/lying-server.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

let suite: StandaloneSuite;
let server: LyingServer;
let account: Account;
let other: Account;
let home: string;

beforeAll(async () => {
  suite = await startStandalone({ env: { LOG_INTERVAL_MS: '100', OTS_CALENDARS: 'none' } });
  [account, other] = [await newAccount(suite.url), await newAccount(suite.url)];
  server = await startLyingServer(suite.url);
});
afterAll(async () => {
  await server?.close();
  await suite?.remove();
});

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'artdag-watch-'));
  server.lie = undefined;
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Registers something and waits until a signed checkpoint covers it; gives the activity's UUID. */
async function claim(by: Account): Promise<string> {
  const { status, body } = await registerAsset(suite.url, by.token, `asset-${randomUUID()}`);
  expect(status).toBe(201);
  const id = String(body['activity_id']);
  await eventually(async () => (await call(suite.url, `/activities/${id}/certificate`)).status === 200);
  return id;
}

const look = (folder: string, ...more: string[]): Promise<Run> =>
  runArtdag(folder, ['watch', account.username, '--server', server.url, '--once', '--json', ...more]);

const linesOf = ({ stdout }: Run): Record<string, unknown>[] =>
  stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));

const stateFile = (folder: string): string => {
  const [name = ''] = readdirSync(join(folder, '.config', 'artdag', 'watch'));
  return join(folder, '.config', 'artdag', 'watch', name);
};

describe('artdag watch', () => {
  it('shows what is new since the last look, checked against the log, and nothing of others', async () => {
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(stateFile(home)).mode & 0o777).toBe(0o600);
    const id = await claim(account);
    await claim(other);
    const seen = await look(home);
    expect([seen.code, seen.stderr]).toEqual([0, '']);
    const claims = linesOf(seen).filter(({ type }) => type === 'Create');
    expect(claims).toEqual([expect.objectContaining({ state: 'holds', activity: expect.stringContaining(id) })]);
    expect(linesOf(await look(home)).filter(({ type }) => type === 'Create')).toEqual([]);
  });

  it('checks the whole log when it is asked to, changes and deletions and keys included', async () => {
    const name = `asset-${randomUUID()}`;
    await registerAsset(suite.url, account.token, name);
    const { token } = account;
    await call(suite.url, `/assets/${name}`, { method: 'PATCH', token, body: { tags: ['new'] } });
    await call(suite.url, `/assets/${name}`, { method: 'DELETE', token });
    const { body } = await call(suite.url, `/activities?type=Delete&actor=${account.username}&limit=1`);
    const id = (body['activities'] as { id: string }[])[0]?.id.split('/').at(-1);
    await eventually(async () => (await call(suite.url, `/activities/${id}/certificate`)).status === 200);
    const seen = await look(home, '--from-start');
    expect([seen.code, seen.stderr]).toEqual([0, '']);
    const types = linesOf(seen).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['Key', 'Create', 'Update', 'Delete']));
  });

  it('says what is wrong with its words, its actor and its server', async () => {
    const runs = [
      await runArtdag(home, ['watch', 'nobody-at-all', '--server', server.url, '--once', '--json']),
      await runArtdag(home, ['watch', account.username, '--server', 'http://127.0.0.1:1', '--once', '--json']),
      await look(home, '--interval', 'soon'),
      await look(home, '--log-key', 'x'),
    ];
    for (const { code, stderr } of runs) {
      expect(code).toBeGreaterThan(0);
      expect(JSON.parse(stderr)).toMatchObject({ exit_code: code, error: expect.any(String) });
    }
  });
});

/** A tile with its last byte changed. */
const spoiled = (body: Buffer): Buffer => {
  const bytes = Buffer.from(body);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
};

const noClaim = randomUUID();

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

interface Split {
  before: string;
  claimId: string;
  otherId: string;
}

/** What a server may do, and what is noticed. */
const lies: [string, string, (split: Split) => Lie][] = [
  [
    'leaves a claim out of its list',
    'claim_hidden',
    ({ claimId }) =>
      (path, body) => {
        if (!path.startsWith('/activities?')) return undefined;
        const page = JSON.parse(body.toString()) as { activities: { id: string }[] };
        return json({ ...page, activities: page.activities.filter(({ id }) => !id.endsWith(claimId)) });
      },
  ],
  [
    'shows a claim that the log has not',
    'not_in_log',
    () => (path, body) => {
      if (!path.startsWith('/activities?')) return undefined;
      const page = JSON.parse(body.toString()) as { activities: { id: string }[] };
      const [first] = page.activities;
      const forged = { ...first, id: `${suite.url}/activities/${noClaim}`, published: '2999-01-01T00:00:00Z' };
      return json({ ...page, activities: [forged, ...page.activities] });
    },
  ],
  [
    'gives another claim’s certificate',
    'claim_false',
    ({ claimId, otherId }) =>
      async (path) => {
        if (path !== `/activities/${claimId}/certificate`) return undefined;
        return Buffer.from(await (await fetch(`${suite.url}/activities/${otherId}/certificate`)).arrayBuffer());
      },
  ],
  [
    'goes back to an older tree',
    'shrank',
    ({ before }) =>
      (path) =>
        path === '/log/checkpoint' ? Buffer.from(before) : undefined,
  ],
  [
    'changes the size in the checkpoint',
    'not_signed',
    () => (path, body) =>
      path === '/log/checkpoint' ? Buffer.from(body.toString().replace(/\n\d+\n/, '\n999999\n')) : undefined,
  ],
  [
    'changes a hash of the tree',
    'tiles_differ',
    () => (path, body) => (/^\/log\/tile\/\d/.test(path) ? spoiled(body) : undefined),
  ],
  [
    'changes an entry',
    'entries_differ',
    () => (path, body) => (path.startsWith('/log/tile/entries/') ? spoiled(body) : undefined),
  ],
];

describe('a server that says different things', () => {
  it.each(lies)('is caught when it %s: %s', async (_what, code, lieOf) => {
    await claim(account);
    await look(home);
    const earlier = mkdtempSync(join(tmpdir(), 'artdag-earlier-'));
    const before = await (await fetch(`${suite.url}/log/checkpoint`)).text();
    const otherId = await claim(other);
    const claimId = await claim(account);
    // The older tree is older than what was watched last.
    if (code === 'shrank') await look(home);
    cpSync(home, earlier, { recursive: true });
    server.lie = lieOf({ before, claimId, otherId });
    const told = await look(earlier, '--grace', '0.001');
    const again = code === 'not_in_log' ? await look(earlier, '--grace', '0.001') : told;
    expect([again.code, again.stderr.slice(0, `artdag: ALARM ${code}:`.length)]).toEqual([1, `artdag: ALARM ${code}:`]);
    expect(JSON.parse(again.stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ code: 'alarm', exit_code: 1 });
    server.lie = undefined;
    // The same look at an honest server holds.
    expect(await look(home)).toMatchObject({ code: 0, stderr: '' });
    rmSync(earlier, { recursive: true });
  });
});
