import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { assetRegistered, runRecorded } from '@artdag/events';
import { makeAssertionKit } from '@artdag/testing';
import { l1Server } from '../../testing/l1-bridge-stand-in.testing.ts';
import { countRows, publicUrl } from '../../testing/registry.testing.ts';
import type { Json } from '../../testing/suite.testing.ts';
import { newHash, newName, newRunId, startRunSuite, type RunSuite } from './runs.testing.ts';

let suite: RunSuite;
const kit = makeAssertionKit('asset-registry');

beforeAll(async () => {
  suite = await startRunSuite();
});
beforeEach(() => {
  suite.bridge.calls.length = 0;
});
afterAll(() => suite?.remove());

const bodyOf = (change: Json = {}) => ({ run_id: newRunId(), l1_server: l1Server, output_name: newName(), ...change });
const rows = async () => {
  const text = 'SELECT (SELECT count(*)::int FROM runs) AS runs, (SELECT count(*)::int FROM run_inputs) AS inputs';
  return { ...(await countRows(suite.tables)), ...(await suite.tables.pool.query(text)).rows[0] };
};

describe('POST /assets/record-run', () => {
  it('registers the output of a finished run, signed, with its provenance as the L1 said it', async () => {
    const [hash, dog] = [newHash(), newHash()];
    const body = bodyOf({ tags: ['cut'], description: 'a cut' });
    const inputs = [dog, { name: 'cat', content_hash: `sha3-256:${newHash()}` }, 'not a hash'];
    suite.bridge.finished(body.run_id, { output_hash: hash, inputs, username: 'giles' });
    const before = await rows();
    const answer = await suite.record('giles', body).expect(201);
    expect(answer.headers['location']).toBe(`/assets/${body.output_name}`);
    const provenance = {
      ...{ type: 'l1-run', l1_server: l1Server, run_id: body.run_id, recipe: 'beat-cut', inputs, output_hash: hash },
      ...{ ipfs_cid: 'Qm1', provenance_cid: 'Qm2', rendered_at: '2026-01-10T12:00:00Z' },
      ...{ rendered_by: '@giles@l2.example.com', effects: [{ name: 'dog' }] },
      ...{ infrastructure: { software: { name: 'artdag' } }, fetched_at: '2026-01-10T12:00:01.000Z' },
    };
    const asset = {
      ...{ name: body.output_name, content_hash: hash, asset_type: 'video', tags: ['cut'], description: 'a cut' },
      ...{ owner: 'giles', ipfs_cid: 'Qm1', url: null, provenance, visibility: 'public' },
    };
    expect(answer.body).toMatchObject(asset);
    expect(suite.proofHolds(answer.body.activity)).toBe(true);
    expect((await suite.get(`/assets/${body.output_name}`).expect(200)).body).toMatchObject(asset);
    await suite.get(`/objects/${hash}`).expect(200);
    expect(suite.bridge.calls).toEqual([body.run_id]);
    const after = await rows();
    expect(after).toMatchObject({
      assets: before.assets + 1,
      activities: before.activities + 1,
      events: before.events + 2,
    });
    expect(after).toMatchObject({ runs: before.runs + 1, inputs: before.inputs + 2, salts: before.salts + 1 });
  });

  it('pages leave out what its L1 said at length, and its own address has it', async () => {
    const long = 'x'.repeat(60_000);
    const body = { ...{ inputs: [newHash()], effects: [{ name: 'dog' }] }, recipe: { long }, output_hash: newHash() };
    const tags = [`long-${newName()}`];
    const { name } = await suite.recorded('giles', newName(), body, { tags });
    const whole = (await suite.get(`/assets/${String(name)}`)).body.provenance;
    expect(whole).toMatchObject({ inputs: body.inputs, effects: body.effects, recipe: { long } });
    const { recipe: _recipe, inputs: _inputs, effects: _effects, infrastructure: _infrastructure, ...short } = whole;
    for (const query of [`tag=${tags[0]}`, 'limit=1', `q=${String(name)}`]) {
      const page = await suite.get(`/assets?${query}`).expect(200);
      expect(page.body.assets.map((asset: Json) => asset['provenance'])).toEqual([short]);
      expect(page.text.length).toBeLessThan(4_096);
    }
  });

  it('tells of both in the outbox: the asset with its provenance, and the run', async () => {
    const body = bodyOf();
    suite.bridge.finished(body.run_id, { output_hash: newHash() });
    await suite.record('giles', body).expect(201);
    const text = `SELECT payload FROM outbox WHERE position($1 IN payload) > 0 ORDER BY type`;
    const found = (await suite.tables.pool.query(text, [body.output_name])).rows.map(({ payload }) =>
      JSON.parse(payload),
    );
    expect(assetRegistered.parse(found[0]).data.asset.provenance).toMatchObject({ run_id: body.run_id });
    expect(runRecorded.parse(found[1])).toMatchObject({
      actor_id: 'user:giles',
      data: { l1_server: l1Server, run_id: body.run_id, asset: { name: body.output_name, owner: 'giles' } },
    });
  });

  it.each([
    ['the request', { asset_type: 'image' }, { asset_type: 'audio' }, 'image'],
    ['the L1', {}, { asset_type: 'audio' }, 'audio'],
    ['nobody', {}, {}, 'video'],
  ])('its type is what %s says', async (_who, request, run, type) => {
    const body = await suite.recorded('giles', newName(), { output_hash: newHash(), ...run }, request);
    expect(body['asset_type']).toBe(type);
  });

  it.each(['giles', '@giles', 'giles@l2.example.com', '@giles@l2.example.com', `${publicUrl}/users/giles`])(
    'takes a run of %s for one of giles',
    async (username) => {
      await suite.recorded('giles', newName(), { output_hash: newHash(), username, actor_id: 'user:giles' });
    },
  );

  it.each([
    ['another name', { username: 'anya' }],
    ['the same name elsewhere', { username: '@giles@other.example' }],
    ['a name in another case', { username: 'Giles' }],
    ['another actor', { actor_id: 'user:anya' }],
    ['another actor of the same name', { username: 'giles', actor_id: 'user:anya' }],
    ['the same actor of another name', { username: 'anya', actor_id: 'user:giles' }],
  ])('%s: 403 not_run_owner, and nothing is stored', async (_what, run) => {
    const body = bodyOf();
    suite.bridge.finished(body.run_id, { output_hash: newHash(), ...run });
    const before = await rows();
    const answer = await suite.record('giles', body).expect(403);
    expect(answer.body.code).toBe('not_run_owner');
    expect(await rows()).toEqual(before);
    expect(suite.bridge.calls).toHaveLength(1);
  });

  it.each(['pending', 'running', 'failed', 'COMPLETED', 'completed ', 'constructor'])(
    'a run that is %s: 409 run_not_completed, and nothing is stored',
    async (status) => {
      const body = bodyOf();
      suite.bridge.finished(body.run_id, { status, output_hash: newHash() });
      const before = await rows();
      expect((await suite.record('giles', body).expect(409)).body.code).toBe('run_not_completed');
      expect(await rows()).toEqual(before);
    },
  );

  it.each([
    [403, 'l1_not_authorized', 403, 'l1_not_authorized'],
    [404, 'run_not_found', 404, 'run_not_found'],
    [502, 'l1_unreachable', 502, 'l1_unreachable'],
    [502, 'l1_bad_response', 502, 'l1_bad_response'],
    [500, 'internal_error', 503, 'dependency_unavailable'],
    [422, 'validation_error', 503, 'dependency_unavailable'],
    [200, 'nonsense', 503, 'dependency_unavailable'],
  ])('hands on what l1-bridge says: %i %s', async (status, code, wanted, shown) => {
    const body = bodyOf();
    suite.bridge.answers.set(body.run_id, { status, body: { code, detail: 'so it is' } });
    const before = await rows();
    const answer = await suite.record('giles', body);
    expect([answer.status, answer.body.code]).toEqual([wanted, shown]);
    expect(await rows()).toEqual(before);
  });

  it('with identity away: 503 signing_unavailable, and nothing is stored', async () => {
    const body = bodyOf();
    suite.bridge.finished(body.run_id, { output_hash: newHash() });
    const before = await rows();
    suite.identity.mode = 'down';
    const answer = await suite.record('giles', body);
    suite.identity.mode = 'up';
    expect([answer.status, answer.body.code]).toEqual([503, 'signing_unavailable']);
    expect(await rows()).toEqual(before);
    await suite.record('giles', body).expect(201);
  });

  it("somebody else's content: 409 content_already_owned; a name that is taken: 409 asset_exists", async () => {
    const { name, contentHash } = await suite.registered('anya');
    const body = bodyOf();
    suite.bridge.finished(body.run_id, { output_hash: contentHash });
    const before = await rows();
    expect((await suite.record('giles', body).expect(409)).body.code).toBe('content_already_owned');
    suite.bridge.finished(body.run_id, { output_hash: newHash() });
    expect((await suite.record('giles', { ...body, output_name: name }).expect(409)).body.code).toBe('asset_exists');
    expect(await rows()).toEqual(before);
  });
});

describe('the same run under the same name', () => {
  it('again: 200 with the asset and its claim, without asking the L1, however the server is spelt', async () => {
    const body = bodyOf();
    suite.bridge.finished(body.run_id, { output_hash: newHash() });
    const first = await suite.record('giles', body).expect(201);
    const before = await rows();
    for (const server of [l1Server, 'HTTPS://L1.example:443/', `${l1Server}//`]) {
      const again = await suite.record('giles', { ...body, l1_server: server, tags: ['later'] }).expect(200);
      expect(again.body).toEqual(first.body);
    }
    expect(suite.bridge.calls).toHaveLength(1);
    expect(await rows()).toEqual(before);
  });

  it('by twelve requests at once on two replicas is one asset: one 201, and 200 with the same asset', async () => {
    const other = await suite.replica({ env: { L1_BRIDGE_URL: suite.bridge.url } });
    for (let round = 0; round < 3; round += 1) {
      const body = bodyOf();
      suite.bridge.finished(body.run_id, { output_hash: newHash(), inputs: [newHash()] });
      const before = await rows();
      const headers = suite.as('giles', { scopes: ['assets:record'] });
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? suite : other).post('/assets/record-run', body, headers)),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array<number>(11).fill(200), 201]);
      for (const { body: same } of answers) expect(same).toEqual(answers[0]?.body);
      expect(await rows()).toMatchObject({
        assets: before.assets + 1,
        runs: before.runs + 1,
        events: before.events + 2,
      });
    }
  });

  it('by somebody else is a name that is taken: 409, and the L1 is not asked', async () => {
    const body = bodyOf();
    suite.bridge.finished(body.run_id, { output_hash: newHash() });
    await suite.record('giles', body).expect(201);
    expect((await suite.record('anya', body).expect(409)).body.code).toBe('asset_exists');
    expect(suite.bridge.calls).toHaveLength(1);
  });

  it('under another name is another asset of the same content', async () => {
    const body = bodyOf();
    suite.bridge.finished(body.run_id, { output_hash: newHash() });
    const first = await suite.record('giles', body).expect(201);
    const second = await suite.record('giles', { ...body, output_name: newName() }).expect(201);
    expect(second.body.content_hash).toBe(first.body.content_hash);
  });

  it('after its deletion stays taken: 409', async () => {
    const body = bodyOf();
    suite.bridge.finished(body.run_id, { output_hash: newHash() });
    await suite.record('giles', body).expect(201);
    await suite.delete(`/assets/${body.output_name}`, suite.as('giles')).expect(204);
    expect((await suite.record('giles', body).expect(409)).body.code).toBe('asset_exists');
  });
});

describe('who may record', () => {
  it('needs assets:record: 401 for nobody, 403 for other scopes, and the L1 is not asked', async () => {
    await suite.post('/assets/record-run', bodyOf()).expect(401);
    const answer = await suite.record('giles', bodyOf(), { scopes: ['assets:create', 'read:*'] }).expect(403);
    expect(answer.body.code).toBe('insufficient_scope');
    expect(suite.bridge.calls).toEqual([]);
  });

  const withToken = (at: string, body: Json) =>
    suite.post('/assets/record-run', body, {
      'x-actor-assertion': kit.actor({
        ...{
          actor_id: 'user:giles',
          username: 'giles',
          scopes: ['l1:use', 'assets:record'],
          token_use: 'l1',
          l1_server: at,
        },
      }),
    });

  it("an L1's token records runs of its L1, however that is spelt", async () => {
    const body = bodyOf({ l1_server: 'https://L1.EXAMPLE/' });
    suite.bridge.finished(body.run_id, { output_hash: newHash(), username: 'giles' });
    await withToken(l1Server, body).expect(201);
  });

  it.each([
    ['another L1', 'https://other.example'],
    ['another port', `${l1Server}:8443`],
    ['another path', `${l1Server}/x`],
    ['another scheme', 'http://l1.example'],
    ['no address', 'l1.example'],
    ['its L1 with a user', 'https://l1.example@other.example'],
  ])('and not of %s: 403 token_scope_mismatch, and no call', async (_what, server) => {
    const answer = await withToken(l1Server, bodyOf({ l1_server: server })).expect(403);
    expect(answer.body.code).toBe('token_scope_mismatch');
    expect(suite.bridge.calls).toEqual([]);
  });
});

describe('a hostile body', () => {
  it.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '42'],
    ['broken JSON', '{'],
    ['__proto__', '{"__proto__":{"run_id":"r"}}'],
    ['no members', '{}'],
    ...(
      [
        ['a run id that is a number', { run_id: 1 }],
        ['a run id that is null', { run_id: null }],
        ['an empty run id', { run_id: '' }],
        ['a run id of 129 characters', { run_id: 'r'.repeat(129) }],
        ['a run id with a slash', { run_id: '../../admin' }],
        ['a run id of two dots', { run_id: '..' }],
        ['a run id of one dot', { run_id: '.' }],
        ['a run id with an escape', { run_id: '%2e%2e' }],
        ['a run id with a query', { run_id: 'r?x=1' }],
        ['a run id with NUL', { run_id: 'r\u0000' }],
        ['a run id with a line end', { run_id: 'r\n' }],
        ['a server that is a list', { l1_server: [l1Server] }],
        ['a server that is null', { l1_server: null }],
        ['an empty server', { l1_server: '' }],
        ['a server of 2,049 characters', { l1_server: `https://l1.example/${'x'.repeat(2030)}` }],
        ['a name that is an object', { output_name: {} }],
        ['a name with a slash', { output_name: 'a/b' }],
        ['a name with a blank in front', { output_name: ' a' }],
        ['a name of 129 characters', { output_name: 'a'.repeat(129) }],
        ['a name with a letter that looks like another', { output_name: 'gіles' }],
        ['a type that is none', { asset_type: 'constructor' }],
        ['33 tags', { tags: Array.from({ length: 33 }, (_, i) => `t${i}`) }],
        ['tags that are an object', { tags: {} }],
        ['a tag with NUL', { tags: ['a\u0000'] }],
        ['a description of 4,001 characters', { description: 'x'.repeat(4001) }],
        ['a description that is a list', { description: [] }],
      ] as [string, Json][]
    ).map(([what, change]): [string, string] => [what, JSON.stringify({ ...bodyOf(), ...change })]),
  ])('%s: 400 or 422, no call and nothing stored', async (_what, body) => {
    const before = await rows();
    const answer = await suite.record('giles', body);
    expect(typeof answer.body.code).toBe('string');
    expect([400, 422]).toContain(answer.status);
    expect(suite.bridge.calls).toEqual([]);
    expect(await rows()).toEqual(before);
  });

  it('a server that is no address is one that this server does not work with', async () => {
    for (const server of ['l1', 'javascript:alert(1)', 'file:///etc/passwd', 'http://[::1', '\u0000', '\ud800']) {
      const body = bodyOf({ l1_server: server });
      suite.bridge.answers.set(body.run_id, { status: 403, body: { code: 'l1_not_authorized', detail: '' } });
      expect((await suite.record('giles', body).expect(403)).body.code).toBe('l1_not_authorized');
    }
  });
});
