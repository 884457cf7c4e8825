import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '@artdag/database/registry';
import { pendingAttestationsOf, readDetached } from '@artdag/opentimestamps';
import {
  createTestDatabase,
  eventually,
  makeAssertionKit,
  quietLogger,
  startFakeAuth,
  type FakeAuth,
  type TestActor,
  type TestDatabase,
} from '@artdag/testing';
import { parseTlogProof, verifyInclusion } from '@artdag/transparency-log';
import { newBody, startRegistry, type RunningRegistry } from '../testing/registry.testing.ts';
import { activityAnchorSchema, anchorDetailSchema, anchorSchema, calendarSchema } from './shown-anchor.ts';
import { startCalendarStandIn, type CalendarStandIn } from './testing/calendar-stand-in.testing.ts';
import { startChainStandIn, type ChainStandIn } from './testing/chain-stand-in.testing.ts';

let database: TestDatabase;
let tables: Database;
let auth: FakeAuth;
let chain: ChainStandIn;
let calendars: CalendarStandIn[];
let registry: RunningRegistry;
const kit = makeAssertionKit('asset-registry');

const scopes = ['assets:create'];
/** Signed when it is sent: an assertion lives for a minute, and a suite may take longer. */
const as = (actor: TestActor) => ({
  get 'x-actor-assertion'(): string {
    return kit.actor({ username: 'giles', scopes, ...actor });
  },
});
const giles = as({ actor_id: 'user:giles', roles: ['microdao_owner'] });
const sysadmin = as({ actor_id: 'user:root', roles: ['system_admin'] });

interface Anchor {
  merkle_root: string;
  log_size: number;
  state: string;
  proof: string | null;
  checkpoint: string;
}

interface ActivityAnchor {
  state: string;
  log_index: number | null;
  leaf: string;
  leaf_hash: string;
  anchor: Anchor | null;
  inclusion: { tree_size: number; root: string; hashes: string[]; tlog_proof: string } | null;
}

/** The registry with an Esplora and calendars that are as they are set. */
function start(env: Record<string, string> = {}): Promise<RunningRegistry> {
  return startRegistry({
    ...{ databaseUrl: database.url, tables, authUrl: auth.url, logger: quietLogger() },
    env: {
      ...{ ALLOWED_PRIVATE_CIDRS: '127.0.0.0/8', BITCOIN_HEADERS_URL: chain.url, BITCOIN_NETWORK: 'regtest' },
      ...{ OTS_CALENDARS: calendars.map(({ url }) => url).join(','), ANCHOR_TICK_MS: '20' },
      ...env,
    },
  });
}

/** Registers an asset and waits until a checkpoint that holds its leaf is signed; resolves to the activity's id. */
async function register(): Promise<string> {
  const answer = await registry.post('/assets', newBody(), giles).expect(201);
  const { activity_id: activityId } = answer.body as { activity_id: string };
  await eventually(async () => {
    const { log_index: index } = (await registry.get(`/activities/${activityId}/anchor`)).body as ActivityAnchor;
    const size = Number((await registry.get('/log/checkpoint')).text.split('\n')[1]);
    return index !== null && size > index;
  });
  return activityId;
}

const anchorOf = async (activityId: string): Promise<ActivityAnchor> =>
  (await registry.get(`/activities/${activityId}/anchor`).expect(200)).body as ActivityAnchor;

beforeAll(async () => {
  database = await createTestDatabase();
  tables = openDatabase({ databaseUrl: database.url, max: 3 });
  auth = await startFakeAuth();
  chain = await startChainStandIn();
  calendars = await Promise.all([startCalendarStandIn(chain), startCalendarStandIn(chain)]);
  registry = await start();
});
afterAll(async () => {
  await registry?.stop();
  await Promise.all([...(calendars ?? []), chain, auth].map((each) => each?.close()));
  await tables?.close();
  await database?.drop();
});

describe('before anything is anchored', () => {
  it('the list is empty, and the calendars are named', async () => {
    expect((await registry.get('/anchors').expect(200)).body).toEqual({
      ...{ anchors: [], total: 0, limit: 50, offset: 0, next: null },
    });
    const { calendars: shown } = (await registry.get('/anchors/calendars').expect(200)).body as {
      calendars: unknown[];
    };
    expect(shown).toMatchObject(
      calendars.map(({ url }) => ({ calendar: url, configured: true, last_success_at: null, pending: 0 })),
    );
  });

  it('there is nothing to anchor in an empty log', async () => {
    const answer = await registry.post('/anchors', {}, sysadmin).expect(409);
    expect(answer.body).toMatchObject({ code: 'nothing_to_anchor' });
  });

  it('an activity stands in the log, under no anchor', async () => {
    const activity = await anchorOf(await register());
    expect(activity).toMatchObject({ state: 'not_anchored', log_index: 0, anchor: null, inclusion: null });
    expect(activity.leaf_hash).toBe(hash('sha256', `\0${activity.leaf}`, 'hex'));
  });
});

describe('POST /anchors', () => {
  it.each<[string, Record<string, string>, number, string]>([
    ['anybody', {}, 401, 'unauthorized'],
    ['a member', as({ roles: ['member'] }), 403, 'forbidden'],
    ['an agent', as({ actor_type: 'agent', roles: ['agent'] }), 403, 'forbidden'],
    ['a key without the scope', as({ roles: ['system_admin'], scopes: ['read:*'] }), 403, 'insufficient_scope'],
  ])('is not for %s', async (_who, headers, status, code) => {
    expect((await registry.post('/anchors', {}, headers).expect(status)).body).toMatchObject({ code });
  });

  it('is not for services', async () => {
    await registry.post('/anchors', {}, { 'x-actor-assertion': kit.service('federation') }).expect(403);
  });

  it('anchors what there is, at once, and once', async () => {
    const activityId = await register();
    const { log_index: index } = await anchorOf(activityId);
    const answer = await registry.post('/anchors', {}, giles).expect(201);
    const anchor = answer.body as Anchor;
    expect(anchor).toMatchObject({ log_size: Number(index) + 1, state: 'queued', proof: null });
    expect(answer.headers['location']).toBe(`/anchors/${anchor.merkle_root}`);
    expect((await registry.post('/anchors', {}, giles).expect(409)).body).toMatchObject({ code: 'nothing_to_anchor' });
    await eventually(async () => (await anchorOf(activityId)).state === 'pending');
    expect(calendars.map(({ digests }) => new Set(digests).size)).toEqual([1, 1]);
  });

  it('anchors what was registered a moment before as well', async () => {
    const answer = await registry.post('/assets', newBody(), giles).expect(201);
    const { activity_id: activityId } = answer.body as { activity_id: string };
    await registry.post('/anchors', {}, sysadmin).expect(201);
    expect((await anchorOf(activityId)).anchor).not.toBeNull();
  });

  it('asks people to wait a few minutes after the last one, and sysadmins not', async () => {
    await register();
    const refused = await registry.post('/anchors', {}, giles).expect(429);
    expect(refused.body).toMatchObject({ code: 'anchored_recently' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(540);
    await registry.post('/anchors', {}, sysadmin).expect(201);
  });
});

describe('an anchored activity', () => {
  it('is proven to be in the tree whose checkpoint is anchored', async () => {
    const activityId = await register();
    await registry.post('/anchors', {}, sysadmin).expect(201);
    const { anchor, inclusion, leaf_hash: leafHash, log_index: index } = await anchorOf(activityId);
    if (anchor === null || inclusion === null || index === null) throw new Error('not anchored');
    const [, size = '', root = ''] = anchor.checkpoint.split('\n');
    expect([Number(size), Buffer.from(root, 'base64').toString('hex')]).toEqual([anchor.log_size, anchor.merkle_root]);
    const proof = parseTlogProof(inclusion.tlog_proof);
    expect(proof.checkpoint).toBe(anchor.checkpoint);
    expect(proof.hashes.map((each) => Buffer.from(each).toString('hex'))).toEqual(inclusion.hashes);
    const o = { leafHash: Buffer.from(leafHash, 'hex'), index, treeSize: Number(size), proof: proof.hashes };
    expect(verifyInclusion({ ...o, root: Buffer.from(root, 'base64') })).toBe(true);
    await eventually(async () => (await anchorOf(activityId)).state === 'pending');
  });

  it('is under the first anchor that is confirmed, not under one that is stuck', async () => {
    const activityId = await register();
    for (const calendar of calendars) calendar.mode = 'repeats';
    await registry.post('/anchors', {}, sysadmin).expect(201);
    await eventually(async () => (await anchorOf(activityId)).state === 'pending');
    const stuck = (await anchorOf(activityId)).anchor?.merkle_root;

    for (const calendar of calendars) calendar.mode = 'honest';
    await register();
    const next = (await registry.post('/anchors', {}, sysadmin).expect(201)).body as Anchor;
    await eventually(async () => (await registry.get(`/anchors/${next.merkle_root}`)).body.state === 'pending');
    expect((await anchorOf(activityId)).anchor?.merkle_root).toBe(stuck);
    for (const calendar of calendars) calendar.anchor();
    chain.mineEmpty(6);
    await registry.post(`/anchors/${next.merkle_root}/upgrade`, {}, sysadmin).expect(202);
    await eventually(async () => (await anchorOf(activityId)).state === 'confirmed');
    expect((await anchorOf(activityId)).anchor?.merkle_root).toBe(next.merkle_root);
  });

  it.each([
    '/activities/5f0c1d3e-0000-4000-8000-000000000001/anchor',
    '/activities/999/anchor',
    '/activities/-1/anchor',
    '/activities/%00/anchor',
  ])('is not found at %s', async (path) => {
    expect((await registry.get(path).expect(404)).body).toMatchObject({ code: 'not_found' });
  });
});

describe('GET /anchors', () => {
  it('lists them page by page, the newest first, of one state if asked', async () => {
    const sizes = (body: unknown): number[] => (body as { anchors: Anchor[] }).anchors.map((each) => each.log_size);
    const all = await registry.get('/anchors').expect(200);
    expect(sizes(all.body)).toEqual(sizes(all.body).toSorted((a, b) => b - a));
    const first = await registry.get('/anchors?limit=2').expect(200);
    const { next } = first.body as { next: string };
    expect(first.headers['link']).toBe(`<${next}>; rel="next"`);
    expect(sizes((await registry.get(next).expect(200)).body)).toEqual(sizes(all.body).slice(2, 4));
    const confirmed = (await registry.get('/anchors?state=confirmed').expect(200)).body as { total: number };
    expect(confirmed).toMatchObject({ total: 1, anchors: [{ state: 'confirmed' }] });
  });

  it.each(['?limit=0', '?offset=-1', '?state=lost', '?state=queued&state=stale', '?limit=%00'])(
    '422 to %s',
    async (query) => {
      await registry.get(`/anchors${query}`).expect(422);
    },
  );

  it.each(['ui', 'x', '%00', '..', 'A'.repeat(64), '0'.repeat(64), '0'.repeat(65)])(
    'has no anchor named %s, nor a proof of it',
    async (name) => {
      for (const path of [`/anchors/${name}`, `/anchors/${name}/proof.ots`])
        expect((await registry.get(path)).status).toBe(404);
      await registry.post(`/anchors/${name}/upgrade`, {}, sysadmin).expect(404);
    },
  );
});

describe('the proof', () => {
  it('is a file for any OpenTimestamps client, as soon as a calendar has answered', async () => {
    for (const calendar of calendars) calendar.mode = 'failing';
    await register();
    const { merkle_root: root, checkpoint } = (await registry.post('/anchors', {}, sysadmin).expect(201))
      .body as Anchor;
    expect((await registry.get(`/anchors/${root}/proof.ots`).expect(404)).body).toMatchObject({ code: 'no_proof_yet' });
    for (const calendar of calendars) calendar.mode = 'honest';
    await registry.post(`/anchors/${root}/upgrade`, {}, sysadmin).expect(202);
    const answer = await eventually(async () => {
      const response = await fetch(`${registry.url}/anchors/${root}/proof.ots`);
      return response.ok && response;
    });
    if (answer === false) throw new Error('no proof');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/vnd.opentimestamps.v1',
      'content-disposition': `attachment; filename="${root}.ots"`,
    });
    const { timestamp } = readDetached(await answer.bytes());
    expect(Buffer.from(timestamp.message).toString('hex')).toBe(hash('sha256', checkpoint, 'hex'));
    expect(pendingAttestationsOf(timestamp).length).toBeGreaterThan(0);
  });
});

describe('what is answered', () => {
  it('is as it is described, member by member, in every state that there has been', async () => {
    const { anchors } = (await registry.get('/anchors?limit=100').expect(200)).body as { anchors: Anchor[] };
    expect(new Set(anchors.map(({ state }) => state)).size).toBeGreaterThan(1);
    for (const anchor of anchors) {
      expect(anchorSchema.parse(anchor)).toEqual(anchor);
      const { body } = await registry.get(`/anchors/${anchor.merkle_root}`).expect(200);
      expect(anchorDetailSchema.parse(body)).toEqual(body);
    }
    const activity = await anchorOf('0');
    expect(activityAnchorSchema.parse(activity)).toEqual(activity);
    const { calendars: shown } = (await registry.get('/anchors/calendars').expect(200)).body as {
      calendars: unknown[];
    };
    for (const calendar of shown) expect(calendarSchema.parse(calendar)).toEqual(calendar);
  });
});

describe('POST /anchors/{merkle_root}/upgrade', () => {
  it('is for sysadmins', async () => {
    const path = `/anchors/${'0'.repeat(64)}/upgrade`;
    await registry.post(path, {}, {}).expect(401);
    await registry.post(path, {}, giles).expect(403);
  });
});

describe('calendars that hang', () => {
  it('leave registering and readiness as they are', async () => {
    for (const calendar of calendars) calendar.mode = 'hangs';
    await register();
    const anchor = (await registry.post('/anchors', {}, sysadmin).expect(201)).body as Anchor;
    await eventually(() => calendars.every(({ digests }) => digests.length > 5));
    // Less than calendars are waited for, unless the machine stands still: then once more.
    let tookMs = Infinity;
    for (let tries = 0; tries < 3 && tookMs > 4_000; tries += 1) {
      const began = performance.now();
      expect((await registry.get('/readyz').expect(200)).body).toMatchObject({ status: 'ok' });
      await registry.post('/assets', newBody(), giles).expect(201);
      tookMs = performance.now() - began;
    }
    expect(tookMs).toBeLessThan(5_000);
    expect((await registry.get(`/anchors/${anchor.merkle_root}`)).body).toMatchObject({ state: 'queued' });
    for (const calendar of calendars) calendar.mode = 'honest';
  });
});

describe('without calendars', () => {
  it('nobody is called: what is there is shown, and no more is anchored', async () => {
    await registry.stop();
    registry = await start({ OTS_CALENDARS: 'none' });
    await register();
    const sent = calendars.map(({ digests }) => digests.length);
    for (const path of ['/anchors', `/anchors/${(await newest()).merkle_root}/upgrade`])
      expect((await registry.post(path, {}, sysadmin).expect(409)).body).toMatchObject({ code: 'no_calendars' });
    expect(calendars.map(({ digests }) => digests.length)).toEqual(sent);
  });
});

describe('by itself', () => {
  it('the service anchors when an interval has passed, and not at its start', async () => {
    await registry.stop();
    const started = Date.now();
    await tables.pool.query('UPDATE anchor_schedule SET since = now()');
    registry = await start({ ANCHOR_INTERVAL_SECONDS: '2' });
    const before = await newest();
    const after = await eventually(async () => {
      const anchor = await newest();
      return anchor.merkle_root !== before.merkle_root && anchor;
    });
    expect(new Date((after as unknown as { created_at: string }).created_at).getTime()).toBeGreaterThanOrEqual(
      started + 2000,
    );
  });
});

async function newest(): Promise<Anchor> {
  const { anchors } = (await registry.get('/anchors?limit=1').expect(200)).body as { anchors: Anchor[] };
  const [anchor] = anchors;
  if (anchor === undefined) throw new Error('no anchor');
  return anchor;
}
