import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createTestDatabase,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestDatabase,
} from '@artdag/testing';
import request from 'supertest';
import { startBridge, type RunningBridge } from '../start-bridge.testing.ts';
import {
  badAnswers,
  badRuns,
  changedRun,
  hashOf,
  paddedRun,
  startFakeL1,
  type FakeL1,
  type Json,
} from './fake-l1.testing.ts';

const kit = makeAssertionKit('l1-bridge');
const timeoutMs = 15_000;

let test: TestDatabase;
let auth: FakeAuth;
let l1: FakeL1;
let bridge: RunningBridge;
let asBefore: FakeL1['respond'];

beforeAll(async () => {
  test = await createTestDatabase();
  [auth, l1] = await Promise.all([startFakeAuth(), startFakeL1()]);
  asBefore = l1.respond;
  bridge = await startBridge(
    {
      ...{ DATABASE_URL: test.url, AUTH_URL: auth.url, L1_SERVERS: `${l1.url},${l1.url}/nested,http://10.0.0.1:8100` },
      ...{ ALLOW_HTTP_L1: 'true', ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8', L1_RUN_TIMEOUT_MS: String(timeoutMs) },
    },
    { logger: quietLogger() },
  );
});

beforeEach(() => {
  l1.respond = asBefore;
  l1.calls.length = 0;
});

afterAll(async () => {
  await bridge?.stop();
  await Promise.all([auth?.close(), l1?.close()]);
  await test?.drop();
});

const fetchRun = (body: unknown, assertion = kit.service('asset-registry')) =>
  request(bridge.url)
    .post('/internal/l1/runs/fetch')
    .set({ 'x-actor-assertion': assertion, 'content-type': 'application/json' })
    .send(typeof body === 'string' ? body : JSON.stringify(body));

const refusal = async (body: unknown): Promise<[number, unknown]> => {
  const answer = await fetchRun(body);
  return [answer.status, answer.body.code];
};

/** The L1 answers with this text. */
function says(text: string): void {
  l1.respond = (_, res) => void res.writeHead(200, { 'content-type': 'application/json' }).end(text);
}

describe('POST /internal/l1/runs/fetch', () => {
  it('asks the L1 once and gives the run as it is understood', async () => {
    const runId = l1.finished({ username: 'giles', media_type: 'image/png', surprise: { deep: [1] } });
    const { body } = await fetchRun({ l1_server: `${l1.url.replace('http', 'HTTP')}//`, run_id: runId }).expect(200);
    expect(l1.calls).toEqual([`GET /runs/${runId}`]);
    expect(body).toMatchObject({
      l1_server: l1.url,
      run: {
        ...{ status: 'completed', username: 'giles', actor_id: null, asset_type: 'image', recipe: 'beat-cut' },
        inputs: [hashOf(1), { name: 'dog', content_hash: hashOf(2) }],
        completed_at: '2026-01-10T12:00:00.123456',
        infrastructure: { software: { name: 'artdag' }, hardware: { gpu: 'none' } },
      },
    });
    expect(body.run).not.toHaveProperty('surprise');
    expect(Date.parse(body.fetched_at)).not.toBeNaN();
  });

  it('takes a server with a path for one of its own', async () => {
    const runId = l1.finished();
    await fetchRun({ l1_server: `${l1.url}/nested/`, run_id: runId }).expect(200);
    expect(l1.calls).toEqual([`GET /nested/runs/${runId}`]);
  });

  it.each([
    ['a run that is not finished, without an output', { status: 'running', output_hash: null }, { status: 'running' }],
    [
      'members that are null',
      { recipe: null, inputs: null, effects: null, infrastructure: null },
      { inputs: [], effects: [], infrastructure: {} },
    ],
    [
      'the output in another place',
      { output_hash: null, output: { content_hash: `sha3-256:${hashOf(5)}` } },
      { output_hash: hashOf(5) },
    ],
    ['an output that is a path', { output: '/cache/x.mp4' }, {}],
    ['a CID under its other name', { ipfs_cid: null, output_cid: 'Qm1' }, { ipfs_cid: 'Qm1' }],
    ['512 inputs', { inputs: Array.from({ length: 512 }, (_, i) => hashOf(i)) }, {}],
    ['a type that we do not know', { asset_type: 'constructor', media_type: 'model/gltf' }, { asset_type: null }],
    ['members of our prototypes', { toString: 1, hasOwnProperty: 2, constructor: {} }, { status: 'completed' }],
    [
      'an input with a member named constructor',
      { inputs: [{ constructor: 'a' }] },
      { inputs: [{ constructor: 'a' }] },
    ],
  ] as [string, Json, Json][])('understands %s', async (_, change, run) => {
    const { body } = await fetchRun({ l1_server: l1.url, run_id: l1.finished(change) }).expect(200);
    expect(body.run).toMatchObject(run);
  });

  it.each(badAnswers)('%s: one call, and its refusal', async (_what, respond, status, code) => {
    l1.respond = respond;
    expect(await refusal({ l1_server: l1.url, run_id: 'r' })).toEqual([status, code]);
    expect(l1.calls).toEqual(['GET /runs/r']);
  });

  it.each(badRuns)('%s is no run: 502 l1_bad_response', async (_what, change) => {
    says(changedRun('r', change));
    expect(await refusal({ l1_server: l1.url, run_id: 'r' })).toEqual([502, 'l1_bad_response']);
    expect(l1.calls).toEqual(['GET /runs/r']);
  });

  it('reads a run of exactly 1 MiB', async () => {
    says(paddedRun('r', 1024 * 1024));
    await fetchRun({ l1_server: l1.url, run_id: 'r' }).expect(200);
  });

  it('a listed server at a private address that nobody has allowed is not called: 502 l1_unreachable', async () => {
    expect(await refusal({ l1_server: 'http://10.0.0.1:8100', run_id: 'r' })).toEqual([502, 'l1_unreachable']);
  });

  it.each([
    ['another host', () => 'https://l1.example'],
    ['another port', () => 'http://127.0.0.1:1'],
    ['another path', () => `${l1.url}/other`],
    ['another scheme', () => l1.url.replace('http:', 'https:')],
    ['a query', () => `${l1.url}?x=1`],
    ['a fragment', () => `${l1.url}#x`],
    ['a user', () => l1.url.replace('//', '//giles@')],
    ['no URL', () => 'l1'],
    ['nothing', () => ''],
    ['a file', () => 'file:///etc/passwd'],
  ])('%s is no L1 of ours: 403 and no call', async (_what, server) => {
    expect(await refusal({ l1_server: server(), run_id: 'r' })).toEqual([403, 'l1_not_authorized']);
    expect(l1.calls).toEqual([]);
  });

  it.each([
    ['no run', () => ({ l1_server: l1.url })],
    ['a run that is a number', () => ({ l1_server: l1.url, run_id: 1 })],
    ['a run with a slash', () => ({ l1_server: l1.url, run_id: '../admin' })],
    ['a run of one dot', () => ({ l1_server: l1.url, run_id: '.' })],
    ['a run of two dots', () => ({ l1_server: l1.url, run_id: '..' })],
    ['a run with an escape', () => ({ l1_server: l1.url, run_id: '%2e%2e' })],
    ['no server', () => ({ run_id: 'r' })],
    ['a list', () => []],
  ])('%s: 422 and no call', async (_what, body) => {
    expect((await refusal(body()))[0]).toBe(422);
    expect(l1.calls).toEqual([]);
  });

  it('serves asset-registry and nobody else', async () => {
    const body = { l1_server: l1.url, run_id: 'r' };
    await fetchRun(body, kit.service('gateway')).expect(403);
    await fetchRun(body, kit.actor({ roles: ['system_admin'] })).expect(403);
    await request(bridge.url).post('/internal/l1/runs/fetch').send(body).expect(401);
    expect(l1.calls).toEqual([]);
  });
});
