import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@artdag/testing';
import { ndjsonOf, sendBatch } from '../../testing/batch.testing.ts';
import { countRows, newBody } from '../../testing/registry.testing.ts';
import { startSuite, type RegistrySuite } from '../../testing/suite.testing.ts';

let suite: RegistrySuite;

beforeAll(async () => {
  suite = await startSuite({ env: { RATE_LIMIT_BATCH: '2000' } });
});
afterAll(() => suite?.remove());

const post = (headers: Record<string, string>, body = ndjsonOf([newBody()])) => sendBatch(suite.url, body, headers);

describe('POST /assets/batch refuses, and stores nothing', () => {
  it.each<[string, () => Record<string, string>, string | undefined, number, string]>([
    ['an anonymous caller', () => ({}), undefined, 401, 'unauthorized'],
    ['another scope', () => suite.as('g', { scopes: ['assets:update'] }), undefined, 403, 'insufficient_scope'],
    [
      'JSON',
      () => suite.as('g', { headers: { 'content-type': 'application/json' } }),
      undefined,
      415,
      'unsupported_media_type',
    ],
    ['no type', () => suite.as('g', { headers: { 'content-type': '' } }), undefined, 415, 'unsupported_media_type'],
    [
      'another charset',
      () => suite.as('g', { headers: { 'content-type': 'application/x-ndjson; charset=latin1' } }),
      undefined,
      415,
      'unsupported_media_type',
    ],
    [
      'a compressed body',
      () => suite.as('g', { headers: { 'content-encoding': 'gzip' } }),
      undefined,
      415,
      'unsupported_media_type',
    ],
    ['no line', () => suite.as('g'), '', 400, 'empty_batch'],
    ['blank lines alone', () => suite.as('g'), '\n \r\n\n', 400, 'empty_batch'],
  ])('%s', async (_what, headers, body, status, code) => {
    const before = await countRows(suite.tables);
    const answer = await post(headers(), body);
    expect([answer.status, (JSON.parse(answer.text) as { code: string }).code]).toEqual([status, code]);
    expect(await countRows(suite.tables)).toEqual(before);
  });

  it('a length of more than 10,000 lines of 16 KiB, before anything is read', async () => {
    const socket = connect(Number(new URL(suite.url).port), '127.0.0.1');
    const { 'x-actor-assertion': assertion } = suite.as('giles');
    const head = ['POST /assets/batch HTTP/1.1', 'Host: a', `X-Actor-Assertion: ${assertion}`];
    socket.write([...head, 'Content-Type: application/x-ndjson', 'Content-Length: 163860001', '', ''].join('\r\n'));
    const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*body_too_large/);
  });
});

describe('a batch of one endless line', () => {
  it('is refused as one line, and takes no more memory than one', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    async function* endless(): AsyncGenerator<Buffer> {
      for (let i = 0; i < 640; i += 1) yield piece;
      yield Buffer.from(`\n${ndjsonOf([newBody()])}`);
      await sleep(1);
    }
    const before = process.memoryUsage().rss;
    const { records } = await sendBatch(suite.url, endless(), suite.as('giles'));
    expect(records).toMatchObject([
      { line: 1, status: 413, code: 'line_too_long' },
      { line: 2, status: 201 },
    ]);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });
});

describe('a batch of blank lines without end', () => {
  it('is answered after some of them, and read no further', async () => {
    const piece = Buffer.alloc(64 * 1024, '\n');
    let sent = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (; sent < 320; sent += 1) {
        yield piece;
        await sleep(1);
      }
    }
    const startedAt = performance.now();
    const { records } = await sendBatch(suite.url, endless(), suite.as('giles'));
    expect(records).toMatchObject([{ line: 20_001, status: 413, code: 'too_many_lines' }]);
    expect(performance.now() - startedAt).toBeLessThan(25_000);
  });
});

describe('a client that leaves in the middle', () => {
  it('leaves whole registrations behind, and can send the batch again', async () => {
    const bodies = Array.from({ length: 400 }, () => newBody());
    const text = ndjsonOf(bodies);
    const { 'x-actor-assertion': assertion } = suite.as('anya');
    const socket = connect(Number(new URL(suite.url).port), '127.0.0.1');
    const head = ['POST /assets/batch HTTP/1.1', 'Host: a', `X-Actor-Assertion: ${assertion}`];
    const type = ['Content-Type: application/x-ndjson', `Content-Length: ${Buffer.byteLength(text)}`, '', ''];
    const before = await countRows(suite.tables);
    socket.write([...head, ...type].join('\r\n'));
    socket.write(text.slice(0, Math.floor(text.length * 0.7)));
    await eventually(async () => (await countRows(suite.tables)).assets > before.assets);
    socket.destroy();
    await sleep(300);
    const after = await countRows(suite.tables);
    const added = after.assets - before.assets;
    expect(added).toBeGreaterThan(0);
    expect([after.activities - before.activities, after.salts - before.salts, after.leaves - before.leaves]).toEqual([
      ...[added, added, added],
    ]);
    const { records } = await sendBatch(suite.url, text, suite.as('anya'));
    expect(records.filter(({ status }) => status === 200)).toHaveLength(added);
    expect(records.filter(({ status }) => status === 201)).toHaveLength(400 - added);
  });

  it('does not keep its place', async () => {
    const { 'x-actor-assertion': assertion } = suite.as('willow');
    for (let i = 0; i < 5; i += 1) {
      const socket = connect(Number(new URL(suite.url).port), '127.0.0.1');
      const head = ['POST /assets/batch HTTP/1.1', 'Host: a', `X-Actor-Assertion: ${assertion}`];
      socket.write([...head, 'Content-Type: application/x-ndjson', 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
      await sleep(30);
      socket.destroy();
    }
    await eventually(async () => (await post(suite.as('willow'))).status === 200);
  });
});

describe('a client that reads nothing', () => {
  /** Lines whose answers are as long as they are. */
  const large = (n: number): string[] =>
    Array.from({ length: n }, () =>
      JSON.stringify(newBody({ description: 'x'.repeat(4_000), metadata: { a: 'y'.repeat(9_000) } })),
    );

  it('until it has sent all gets its whole answer', async () => {
    const { records } = await sendBatch(suite.url, ndjsonOf(large(300)), suite.as('tara'));
    expect(records.map(({ status }) => status)).toEqual(records.map(() => 201));
    expect(records).toHaveLength(300);
  });

  it('at all is read from no further than some megabytes ahead', async () => {
    const slow = await startSuite();
    const { 'x-actor-assertion': assertion } = slow.as('giles');
    const socket = connect(Number(new URL(slow.url).port), '127.0.0.1');
    socket.pause();
    const head = ['POST /assets/batch HTTP/1.1', 'Host: a', `X-Actor-Assertion: ${assertion}`];
    socket.write([...head, 'Content-Type: application/x-ndjson', 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
    let sent = 0;
    let blocked = false;
    for (let i = 0; i < 200 && !blocked; i += 1) {
      const lines = Buffer.from(ndjsonOf(large(20)));
      socket.write(`${lines.length.toString(16)}\r\n`);
      socket.write(lines);
      const went = socket.write('\r\n');
      sent += lines.length;
      if (!went) {
        const drained = new Promise<boolean>((resolve) => socket.once('drain', () => resolve(true)));
        blocked = !(await Promise.race([drained, sleep(3_000).then(() => false)]));
      }
    }
    socket.destroy();
    await slow.remove();
    expect(blocked).toBe(true);
    expect(sent).toBeLessThan(45 * 1024 * 1024);
  });
});

describe('many batches', () => {
  const open = (owner: string): { socket: ReturnType<typeof connect>; answer: Promise<string> } => {
    const { 'x-actor-assertion': assertion } = suite.as(owner);
    const socket = connect(Number(new URL(suite.url).port), '127.0.0.1');
    const head = ['POST /assets/batch HTTP/1.1', 'Host: a', `X-Actor-Assertion: ${assertion}`];
    socket.write([...head, 'Content-Type: application/x-ndjson', 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
    const answer = new Promise<string>((resolve) => {
      socket.once('data', (data) => resolve(String(data)));
      socket.once('close', () => resolve(''));
    });
    return { socket, answer };
  };

  it('of one actor: two at once, 429 busy beyond; of all: eight', async () => {
    let waitMs = 200;
    const refused = await eventually(
      async () => {
        const held = Array.from({ length: 8 }, (_, i) => open(`holder-${Math.floor(i / 2)}`));
        await sleep(waitMs);
        const answers = [await post(suite.as('holder-0')), await post(suite.as('somebody'))];
        for (const { socket } of held) socket.destroy();
        // On a busy machine not all of them are there by then: longer, the next time.
        waitMs *= 2;
        expect(answers.map(({ status }) => status)).toEqual([429, 429]);
        return answers;
      },
      { timeoutMs: 40_000, everyMs: 1_000 },
    );
    for (const answer of refused) {
      expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'busy' });
    }
    await eventually(async () => (await post(suite.as('somebody'))).status === 200);
  });

  it('of one actor end with 429 rate_limited for the rest when a minute’s works are used up', async () => {
    const line = () => ({ name: `r-${randomBytes(8).toString('hex')}`, content_hash: 'zz', asset_type: 'image' });
    const began = performance.now();
    const { records } = await post(suite.as('eager'), ndjsonOf(Array.from({ length: 5_000 }, line)));
    const minutes = (performance.now() - began) / 60_000;
    const last = records.at(-1);
    expect(last).toMatchObject({ status: 429, code: 'rate_limited', rest: true });
    expect(records.length).toBeGreaterThan(1_500);
    // The window slides on meanwhile.
    expect(records.length).toBeLessThanOrEqual(2_001 + 2_000 * minutes);
    expect(records.slice(0, -1).every(({ status }) => status === 422)).toBe(true);
  });
});
