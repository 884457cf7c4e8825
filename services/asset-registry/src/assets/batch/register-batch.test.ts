import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { assetRegistered } from '@artdag/events';
import { ndjsonOf, sendBatch, type BatchRecord } from '../../testing/batch.testing.ts';
import { countRows, newBody, noLinks, publicUrl } from '../../testing/registry.testing.ts';
import { startSuite, type Json, type RegistrySuite } from '../../testing/suite.testing.ts';

let suite: RegistrySuite;

beforeAll(async () => {
  suite = await startSuite();
});
afterAll(() => suite?.remove());
beforeEach(() => {
  suite.identity.mode = 'up';
});

const send = (lines: readonly unknown[], owner = 'giles') => sendBatch(suite.url, ndjsonOf(lines), suite.as(owner));
const statuses = (records: readonly BatchRecord[]): (number | string)[] =>
  records.map(({ status, code }) => (code === undefined ? status : `${status} ${code}`));

describe('POST /assets/batch', () => {
  it('registers every line as POST /assets would, and answers in their order', async () => {
    const bodies = Array.from({ length: 700 }, (_, i) => newBody({ tags: [`t${i}`], metadata: { i } }));
    const before = await countRows(suite.tables);
    const answer = await send(bodies);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    expect(answer.records.map(({ line, status }) => [line, status])).toEqual(bodies.map((_, i) => [i + 1, 201]));
    const after = await countRows(suite.tables);
    expect(after).toEqual({
      ...Object.fromEntries(Object.entries(before).map(([table, n]) => [table, n + 700])),
      answers: before.answers,
    });
    for (const i of [0, 255, 256, 699]) {
      const asset = answer.records[i]?.asset ?? {};
      expect(asset).toMatchObject({ ...bodies[i], owner: 'giles', visibility: 'public' });
      expect((await suite.get(`/assets/${String(asset['name'])}`).expect(200)).body).toEqual({ ...asset, ...noLinks });
      const activity = (await suite.get(`/activities/${String(asset['activity_id'])}`).expect(200)).body as Json;
      expect(activity).toMatchObject({ type: 'Create', actor: `${publicUrl}/users/giles` });
      expect(suite.proofHolds(activity)).toBe(true);
    }
  });

  it('emits an event for each, as a single registration does', async () => {
    const headers = suite.as('giles', { headers: { 'x-request-id': 'batch-1' } });
    const bodies = [newBody(), newBody()];
    const { records } = await sendBatch(suite.url, ndjsonOf(bodies), headers);
    for (const { asset = {} } of records) {
      const { rows } = await suite.tables.pool.query<{ payload: string }>(
        `SELECT payload FROM outbox WHERE payload LIKE '%"' || $1 || '"%'`,
        [asset['activity_id']],
      );
      const envelope = assetRegistered.parse(JSON.parse(rows[0]?.payload ?? ''));
      expect(envelope).toMatchObject({ subject_version: 1, correlation_id: 'batch-1', data: { asset } });
    }
  });

  it('lets no bad line spoil another', async () => {
    const good = [newBody(), newBody(), newBody(), newBody()];
    const taken = await suite.registered('anya');
    const { records } = await send([
      good[0],
      '{"name":',
      newBody({ name: taken.name }),
      newBody({ content_hash: taken.contentHash }),
      good[1],
      { ...newBody(), asset_type: 'movie' },
      `{"name":"${'x'.repeat(17_000)}"}`,
      good[2],
      '[]',
      good[3],
    ]);
    expect(records.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(statuses(records)).toEqual([
      ...[201, '400 invalid_json', '409 asset_exists', '409 content_already_owned', 201],
      ...['422 validation_error', '413 line_too_long', 201, '422 validation_error', 201],
    ]);
    expect(records[5]?.['detail']).toMatchObject([{ loc: ['body', 'asset_type'] }]);
  });

  it('may be sent again: what is there already is answered as it stands, and nothing is claimed twice', async () => {
    const bodies = Array.from({ length: 300 }, () => newBody());
    const first = await send(bodies.slice(0, 120));
    const changed = String(first.records[7]?.asset?.['name']);
    await suite.patch(`/assets/${changed}`, { tags: ['changed'] }, suite.as('giles')).expect(200);
    const deleted = String(first.records[9]?.asset?.['name']);
    await suite.delete(`/assets/${deleted}`, suite.as('giles')).expect(204);
    const before = await countRows(suite.tables);
    const again = await send(bodies);
    expect(statuses(again.records)).toEqual(bodies.map((_, i) => (i === 9 ? '409 asset_exists' : i < 120 ? 200 : 201)));
    expect(again.records[0]?.asset).toEqual(first.records[0]?.asset);
    expect(again.records[7]?.asset).toMatchObject({ tags: ['changed'] });
    expect((await countRows(suite.tables)).activities - before.activities).toBe(180);
    const signed = suite.identity.batches.length;
    await send(bodies.slice(10));
    expect(suite.identity.batches).toHaveLength(signed);
  });

  it('tells lines of one batch with the same name or content apart', async () => {
    const [one, two] = [newBody(), newBody()];
    const { records } = await send([
      one,
      one,
      { ...one, content_hash: two.content_hash },
      { ...two, content_hash: one.content_hash },
      newBody({ content_hash: one.content_hash }),
    ]);
    expect(statuses(records)).toEqual([201, 200, '409 asset_exists', 201, 201]);
  });

  it('leaves out blank lines, but counts them, and takes both ends of lines and a last one without', async () => {
    const [one, two, three] = [newBody(), newBody(), newBody()].map((body) => JSON.stringify(body));
    const { records } = await sendBatch(suite.url, `\n${one}\r\n \t\r\n\r\n${two}\n\n${three}`, suite.as('giles'));
    expect(records.map(({ line, status }) => [line, status])).toEqual([
      [2, 201],
      [5, 201],
      [7, 201],
    ]);
  });

  it('refuses bytes that are not UTF-8, and the lines around them are fine', async () => {
    const bad = Buffer.from(JSON.stringify({ ...newBody(), description: '#' }).replace('#', '\u00ff'), 'latin1');
    const parts = [ndjsonOf([newBody()]), bad, '\n', ndjsonOf([newBody()])];
    const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
    const { records } = await sendBatch(suite.url, body, suite.as('giles'));
    expect(statuses(records)).toEqual([201, '400 invalid_json', 201]);
  });

  it('takes lines cut anywhere into pieces', async () => {
    const bodies = Array.from({ length: 20 }, () => newBody({ description: 'Wörter 😀' }));
    const whole = Buffer.from(ndjsonOf(bodies));
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < whole.length; at += 97) yield whole.subarray(at, at + 97);
      await sleep(1);
    }
    const { records } = await sendBatch(suite.url, pieces(), suite.as('giles'));
    expect(statuses(records)).toEqual(bodies.map(() => 201));
    expect(records.every(({ asset }) => asset?.['description'] === 'Wörter 😀')).toBe(true);
  });

  it('takes 10,000 lines, answers line 10,001 with 413 for the rest, and keeps what came before', async () => {
    // Lines that need no signature, since it is the counting that matters.
    const line = '{}\n';
    const whole = await sendBatch(suite.url, line.repeat(10_000), suite.as('giles'));
    expect(whole.records).toHaveLength(10_000);
    const body = newBody();
    const over = `${ndjsonOf([body])}${line.repeat(9_999)}${ndjsonOf([newBody()])}${line.repeat(500)}`;
    const { records, headers } = await sendBatch(suite.url, over, suite.as('giles'));
    expect(records).toHaveLength(10_001);
    expect(records[0]).toMatchObject({ line: 1, status: 201 });
    expect(records.at(-1)).toMatchObject({ line: 10_001, status: 413, code: 'too_many_lines', rest: true });
    expect(headers['content-type']).toBe('application/x-ndjson');
    await suite.get(`/assets/${body.name}`).expect(200);
  });
});

describe('a batch that cannot be signed', () => {
  it('answers its first lines and then the rest with 503 signing_unavailable, and stores nothing of them', async () => {
    suite.identity.mode = 'down';
    const before = await countRows(suite.tables);
    const { status, records } = await send(Array.from({ length: 2_000 }, () => newBody()));
    expect(status).toBe(200);
    expect(new Set(statuses(records))).toEqual(new Set(['503 signing_unavailable']));
    const last = records.at(-1);
    expect(last).toMatchObject({ line: records.length, rest: true });
    expect(records.length).toBeLessThan(1_100);
    expect(records.slice(0, -1).every(({ rest }) => rest === undefined)).toBe(true);
    expect(await countRows(suite.tables)).toEqual(before);
  });

  it('is no matter of lines that are wrong anyway', async () => {
    suite.identity.mode = 'down';
    const { records } = await send(['{', '{}', newBody()]);
    expect(statuses(records)).toEqual(['400 invalid_json', '422 validation_error', '503 signing_unavailable']);
  });

  it('of a disabled account is refused line by line', async () => {
    suite.identity.disabled.add('user:ended');
    const { records } = await send([newBody(), newBody()], 'ended');
    expect(statuses(records)).toEqual(['403 account_disabled', '403 account_disabled']);
  });
});

describe('two batches of the same lines at once', () => {
  it('register each once, and say so to both', async () => {
    const bodies = Array.from({ length: 300 }, () => newBody());
    const other = await suite.replica();
    const before = await countRows(suite.tables);
    const answers = await Promise.all([
      send(bodies),
      sendBatch(other.url, ndjsonOf(bodies.toReversed()), suite.as('giles')),
    ]);
    const all = answers.flatMap(({ records }) => statuses(records));
    expect([all.filter((status) => status === 201).length, all.filter((status) => status === 200).length]).toEqual([
      300, 300,
    ]);
    expect((await countRows(suite.tables)).activities - before.activities).toBe(300);
  });

  it('of two owners leave each content to one', async () => {
    const bodies = Array.from({ length: 200 }, () => newBody());
    const renamed = bodies.map((body) => ({ ...body, name: `${body.name}-b` }));
    const [giles, anya] = await Promise.all([send(bodies), send(renamed, 'anya')]);
    bodies.forEach((_, i) => {
      const both = [giles.records[i], anya.records[i]].map((record) => record?.code ?? record?.status);
      expect(both.map(String).toSorted()).toEqual(['201', 'content_already_owned']);
    });
  });
});
