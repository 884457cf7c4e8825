import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '@artdag/testing';
import {
  badAnswers,
  badRuns,
  changedRun,
  startFakeL1,
  type FakeL1,
  type Json,
} from '../services/l1-bridge/src/runs/fake-l1.testing.ts';
import { call, newAccount, newContentHash, registerAsset, type Account, type Answer } from './lib/api-client.ts';
import { dumpDatabase } from './lib/dump.ts';
import { openRegisteredRowCounter, type RegisteredRowCounter } from './lib/registered-rows.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

let database: TestDatabase;
let rows: RegisteredRowCounter;
let suite: StandaloneSuite;
let l1: FakeL1;
/** Listed as well. */
let otherL1: FakeL1;
let disabledL1: FakeL1;
let unlisted: FakeL1;
let account: Account;
/** Theirs for `l1`. */
let l1Token: string;
/** Theirs, and may only read. */
let readerToken: string;
let stranger: Account;
let asBefore: FakeL1['respond'];

/** Longer than the L1s of this process may stand still on a busy machine. */
const timeoutMs = 10_000;

beforeAll(async () => {
  [l1, otherL1, disabledL1, unlisted] = await Promise.all([startFakeL1(), startFakeL1(), startFakeL1(), startFakeL1()]);
  asBefore = l1.respond;
  database = await createTestDatabase();
  rows = await openRegisteredRowCounter(database.url);
  const env = {
    ...{ DATABASE_URL: database.url, L1_RUN_TIMEOUT_MS: String(timeoutMs), OTS_CALENDARS: 'none' },
    L1_SERVERS: [l1, otherL1, disabledL1].map(({ url }) => url).join(','),
  };
  suite = await startStandalone({ env });
  await rows.disableL1(disabledL1.url);
  [account, stranger] = [await newAccount(suite.url), await newAccount(suite.url)];
  const { token } = account;
  const attached = await call(suite.url, '/renderers/attach', { token, body: { l1_server: l1.url } });
  const reader = await call(suite.url, '/v1/tokens', {
    token,
    body: { label: 'reader', scopes: ['read:*'], expires_in: 3600 },
  });
  // Its services look at the servers' states once a second.
  await eventually(async () => {
    const { renderers } = (await call(suite.url, '/renderers', { token })).body as { renderers: Json[] };
    return renderers.some(({ status }) => status === 'disabled');
  });
  if (attached.status !== 200 || reader.status !== 201) throw new Error(`${attached.status}, ${reader.status}`);
  [l1Token, readerToken] = [String(attached.body['token']), String(reader.body['token'])];
});
beforeEach(() => {
  for (const each of [l1, otherL1, disabledL1, unlisted]) {
    each.respond = asBefore;
    each.calls.length = 0;
  }
});
afterAll(async () => {
  await suite?.remove();
  await rows?.close();
  await database?.drop();
  await Promise.all([l1, otherL1, disabledL1, unlisted].map((each) => each?.close()));
});

let serial = 0;
const newName = (): string => `output-${(serial += 1)}`;
const record = (body: object, token = account.token): Promise<Answer> =>
  call(suite.url, '/assets/record-run', { token, body });

/** Names of outputs that were refused, which nothing may know. */
const refusedNames: string[] = [];

/** What a request is answered that leaves nothing behind: no asset, activity, leaf, run or event. */
async function refused(body: Record<string, unknown>, token?: string): Promise<[number, unknown]> {
  const output_name = `refused-${newName()}-`;
  refusedNames.push(output_name);
  const before = await rows.count();
  const answer = await record({ output_name, ...body }, token);
  expect(await rows.count()).toEqual(before);
  return [answer.status, answer.body['code']];
}

describe('POST /assets/record-run, through the gateway', () => {
  it('makes exactly one GET on the L1 and registers the output, linked with what it was made from', async () => {
    const [dog, output] = [newContentHash(), newContentHash()];
    await registerAsset(suite.url, account.token, 'dog', dog);
    const run_id = l1.finished({ output_hash: output, inputs: [dog], username: account.username });
    const body = { run_id, l1_server: l1.url, output_name: 'cut' };
    const { status, body: asset } = await record(body);
    expect(status).toBe(201);
    expect(l1.calls).toEqual([`GET /runs/${run_id}`]);
    const host = new URL(suite.url).host;
    expect(asset).toMatchObject({
      ...{ name: 'cut', content_hash: output, owner: account.username },
      provenance: { type: 'l1-run', l1_server: l1.url, run_id, rendered_by: `@${account.username}@${host}` },
      activity: { type: 'Create' },
    });
    expect((await call(suite.url, '/assets/cut')).body).toMatchObject({ made_from: [{ name: 'dog' }] });
    expect((await call(suite.url, '/assets/dog')).body).toMatchObject({ used_in: [{ name: 'cut' }] });
    expect((await call(suite.url, '/assets/dog/used-in')).body).toMatchObject({ assets: [{ name: 'cut' }] });
    expect((await call(suite.url, `/activities/${String(asset['activity_id'])}`)).status).toBe(200);

    const again = await record(body);
    expect([again.status, again.body['activity_id']]).toEqual([200, asset['activity_id']]);
    expect(l1.calls).toHaveLength(1);
  });

  it('two of the same at once are one asset: 201 and 200, and one claim', async () => {
    const body = {
      ...{ l1_server: l1.url, output_name: newName() },
      run_id: l1.finished({ output_hash: newContentHash() }),
    };
    const before = await rows.count();
    const answers = await Promise.all([record(body), record(body)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 201]);
    expect(new Set(answers.map((answer) => answer.body['activity_id'])).size).toBe(1);
    const after = await rows.count();
    const more = Object.fromEntries(
      Object.entries(after).map(([table, count]) => [table, count - (before[table] ?? 0)]),
    );
    expect(more).toMatchObject({ assets: 1, activities: 1, log_salts: 1, runs: 1, run_inputs: 2, outbox: 2 });
  });

  it('an asset may be called record-run', async () => {
    const run_id = l1.finished({ output_hash: newContentHash() });
    expect((await record({ run_id, l1_server: l1.url, output_name: 'record-run' })).status).toBe(201);
    expect((await call(suite.url, '/assets/record-run')).body).toMatchObject({ name: 'record-run' });
  });
});

describe('refused, with nothing stored', () => {
  /** What asks for it, the answer, and how often it may have called whichever L1. */
  interface Row {
    body: () => Record<string, unknown> | Promise<Record<string, unknown>>;
    token?: () => string;
    answer: [status: number, code: string];
    calls: number;
  }
  const finished = (change?: Json) => ({ run_id: l1.finished(change), l1_server: l1.url });
  const rowsOf: Record<string, Row> = {
    'an L1 that is not listed, which is not called': {
      body: () => ({ run_id: unlisted.finished(), l1_server: unlisted.url }),
      answer: [403, 'l1_not_authorized'],
      calls: 0,
    },
    'an L1 that is disabled, which is not called': {
      body: () => ({ run_id: disabledL1.finished(), l1_server: disabledL1.url }),
      answer: [403, 'l1_not_authorized'],
      calls: 0,
    },
    'a listed L1 at another port, with a user in front': {
      body: () => ({ run_id: 'r', l1_server: l1.url.replace('//', '//127.0.0.1@') }),
      answer: [403, 'l1_not_authorized'],
      calls: 0,
    },
    'a run id that leads elsewhere': {
      body: () => ({ run_id: '..', l1_server: l1.url }),
      answer: [422, 'validation_error'],
      calls: 0,
    },
    'a run that the L1 does not have': {
      body: () => ({ run_id: 'nothing', l1_server: l1.url }),
      answer: [404, 'run_not_found'],
      calls: 1,
    },
    'a run that waits': {
      body: () => finished({ status: 'pending', output_hash: null }),
      answer: [409, 'run_not_completed'],
      calls: 1,
    },
    'a run that goes on': { body: () => finished({ status: 'running' }), answer: [409, 'run_not_completed'], calls: 1 },
    'a run that has failed': {
      body: () => finished({ status: 'failed', output_hash: null }),
      answer: [409, 'run_not_completed'],
      calls: 1,
    },
    "another user's run, by name": {
      body: () => finished({ username: stranger.username }),
      answer: [403, 'not_run_owner'],
      calls: 1,
    },
    "another user's run, by actor": {
      body: () => finished({ actor_id: 'user:somebody' }),
      answer: [403, 'not_run_owner'],
      calls: 1,
    },
    'a name that is taken': {
      async body() {
        const output_name = newName();
        await registerAsset(suite.url, stranger.token, output_name);
        return { ...finished({ output_hash: newContentHash() }), output_name };
      },
      answer: [409, 'asset_exists'],
      calls: 1,
    },
    "a content that is somebody else's": {
      async body() {
        const output_hash = newContentHash();
        await registerAsset(suite.url, stranger.token, newName(), output_hash);
        return finished({ output_hash });
      },
      answer: [409, 'content_already_owned'],
      calls: 1,
    },
    'the same run and name, recorded by somebody else': {
      async body() {
        const body = { ...finished({ output_hash: newContentHash() }), output_name: newName() };
        expect((await record(body, stranger.token)).status).toBe(201);
        l1.calls.length = 0;
        return body;
      },
      answer: [409, 'asset_exists'],
      calls: 0,
    },
    "an L1's token, for another L1": {
      body: () => ({ run_id: otherL1.finished(), l1_server: otherL1.url }),
      token: () => l1Token,
      answer: [403, 'token_scope_mismatch'],
      calls: 0,
    },
    'a token without assets:record': {
      body: () => finished(),
      token: () => readerToken,
      answer: [403, 'insufficient_scope'],
      calls: 0,
    },
    'no token of ours': { body: () => finished(), token: () => 'nothing', answer: [401, 'invalid_token'], calls: 0 },
  };

  it.each(Object.entries(rowsOf))('%s', async (_what, { body, token, answer, calls }) => {
    expect(await refused(await body(), token?.())).toEqual(answer);
    expect([l1, otherL1, disabledL1, unlisted].flatMap((each) => each.calls)).toHaveLength(calls);
  });

  it.each(badAnswers)('an L1 that answers with %s, after one GET', async (_what, respond, status, code) => {
    l1.respond = respond;
    expect(await refused({ run_id: 'r', l1_server: l1.url })).toEqual([status, code]);
    expect(l1.calls).toEqual(['GET /runs/r']);
  });

  it.each(badRuns)('a run with %s, after one GET', async (_what, change) => {
    l1.respond = (_, res) => {
      res.writeHead(200, { 'content-type': 'application/json' }).end(changedRun('r', change));
    };
    expect(await refused({ run_id: 'r', l1_server: l1.url })).toEqual([502, 'l1_bad_response']);
    expect(l1.calls).toEqual(['GET /runs/r']);
  });

  it('and no place in the database knows the names that were asked for', async () => {
    const { text } = await dumpDatabase(database.url);
    expect(refusedNames.length).toBeGreaterThan(80);
    expect(refusedNames.filter((name) => text.includes(name))).toEqual([]);
  });
});

describe("an L1's token", () => {
  it('records a run of its L1 for its user, however the L1 is spelt', async () => {
    const run_id = l1.finished({ output_hash: newContentHash() });
    const { status, body } = await record({ run_id, l1_server: `${l1.url}/`, output_name: newName() }, l1Token);
    expect([status, body['owner']]).toEqual([201, account.username]);
  });

  it('does nothing else, and nothing at all once it is revoked', async () => {
    for (const [method, path] of [
      ['GET', '/auth/me'],
      ['POST', '/assets'],
      ['DELETE', '/assets/dog'],
      ['GET', '/storage'],
    ] as const) {
      const answer = await call(suite.url, path, { method, token: l1Token });
      expect([path, answer.status, answer.body['code']]).toEqual([path, 403, 'l1_token_not_accepted']);
    }
    expect((await call(suite.url, '/auth/logout', { method: 'POST', token: account.token })).status).toBe(200);
    const answer = await record({ run_id: l1.finished(), l1_server: l1.url, output_name: newName() }, l1Token);
    expect([answer.status, answer.body['code']]).toEqual([401, 'invalid_token']);
    expect(l1.calls).toEqual([]);
  });
});
