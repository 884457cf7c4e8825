import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '@artdag/testing';
import pg from 'pg';
import { createDice, randomSeed } from './lib/dice.ts';
import { newLeaf, queueLeaves } from './lib/log-fill.ts';
import { oddHashes, oddLimits, oddNumbers, oddQueries, oddTiles } from './lib/odd-log-requests.ts';
import { rawRequest, type RawAnswer } from './lib/raw-request.ts';
import { startStandalone, type StandaloneSuite } from './lib/standalone-suite.ts';

const seed = randomSeed();
const dice = createDice(seed);
const size = 300;

let database: TestDatabase;
let suite: StandaloneSuite;
/** Hex. */
let leafHash: string;

beforeAll(async () => {
  database = await createTestDatabase();
  suite = await startStandalone({ env: { DATABASE_URL: database.url, LOG_INTERVAL_MS: '50' } });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const leaves = Array.from({ length: size }, () => newLeaf(suite.url));
  await queueLeaves(client, leaves);
  await client.end();
  leafHash = leaves[7]?.hash.toString('hex') ?? '';
  await eventually(async () => (await get(`/log/checkpoints/${size}`)).status === 200);
});
afterAll(async () => {
  await suite?.remove();
  await database?.drop();
});

const get = (target: string, headers: string[] = []): Promise<RawAnswer> => rawRequest(suite.url, target, { headers });
const codeOf = ({ body }: RawAnswer): unknown => {
  const json = /\{.*\}/s.exec(body.toString())?.[0] ?? '{}';
  return (JSON.parse(json) as { code?: unknown }).code;
};

/** What may be answered to nonsense; a 404 to a leaf of the log's is a lie, and 5xx a bug. */
const clear = [400, 404, 405, 414, 422, 431];

function expectClear(target: string, answer: RawAnswer): void {
  const shown = target.slice(0, 120);
  expect([shown, answer.status, clear.includes(answer.status)]).toEqual([shown, answer.status, true]);
  // What the HTTP parser refuses has no body.
  if ([404, 422].includes(answer.status))
    expect([shown, codeOf(answer)]).toEqual([shown, expect.stringMatching(/^[a-z_]+$/)]);
}

describe(`malformed requests of the log (seed ${seed})`, () => {
  const notOfThese = (known: string[]): string[] => oddNumbers.filter((each) => !known.includes(each));
  const table: [what: string, prefix: () => string, odd: string[]][] = [
    ['sizes of archived checkpoints', () => '/log/checkpoints/', oddNumbers],
    ['tiles', () => '/log/tile/', oddTiles],
    ['leaf hashes', () => '/log/proof/', oddHashes],
    ['queries of proofs', () => `/log/proof/${leafHash}?`, oddQueries],
    [
      'beginnings of pages',
      () => '/log/checkpoints?after=',
      notOfThese(['299', '300', '301', '0', '9007199254740991']),
    ],
    ['lengths of pages', () => '/log/checkpoints?limit=', oddLimits],
  ];
  it.each(table)('get a clear answer: %s', async (_what, prefix, odd) => {
    for (const each of odd) expectClear(prefix() + each, await get(prefix() + each));
  });

  it('get a clear answer, or that of the path without it, to whatever a good path is bent to', async () => {
    const paths = [
      '/log/checkpoint',
      `/log/checkpoints/${size}`,
      '/log/tile/0/000',
      '/log/tile/0/001.p/44',
      '/log/tile/entries/000',
      `/log/proof/${leafHash}`,
    ];
    const pieces = [
      '/',
      '.',
      '%',
      '%2',
      '%2F',
      '%00',
      '%FF',
      '..',
      '//',
      '\\',
      ';',
      '&',
      '=',
      ':',
      '@',
      '0',
      '9',
      'x',
      '\t',
      '\x7f',
      'é',
      '~',
      '|',
      '^',
      '`',
      '{',
      '"',
      '<',
      "'",
    ];
    const seen = new Map<number, number>();
    for (let i = 0; i < 1_500; i += 1) {
      const path = dice.pick(paths);
      const at = '/log/'.length + dice.roll(path.length - '/log/'.length + 1);
      const target = path.slice(0, at) + dice.pick(pieces) + path.slice(at + dice.roll(3));
      const answer = await get(target);
      if (answer.status !== 200) expectClear(target, answer);
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
    }
    console.log(`1,500 bent paths: ${JSON.stringify(Object.fromEntries(seen))}`);
    expect(seen.get(404)).toBeGreaterThan(500);
  });

  it('get 405 with other methods, and HEAD what GET has, without its body', async () => {
    for (const path of [
      '/log/checkpoint',
      '/log/checkpoints',
      `/log/checkpoints/${size}`,
      '/log/tile/0/000',
      `/log/proof/${leafHash}`,
      '/log/vkeys',
    ]) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await rawRequest(suite.url, path, {
          method,
          headers: ['Content-Type: application/json'],
          body: '{}',
        });
        expect([method, path, answer.status, answer.headers['allow']]).toEqual([
          method,
          path,
          405,
          expect.stringContaining('GET'),
        ]);
      }
      const [head, whole] = [await rawRequest(suite.url, path, { method: 'HEAD' }), await get(path)];
      expect([path, head.status, head.body.length, head.headers['content-type']]).toEqual([
        path,
        200,
        0,
        whole.headers['content-type'],
      ]);
    }
  });

  it('change nothing of a good answer by headers that nobody needs', async () => {
    const headers = [
      'Range: bytes=0-1', 'Range: bytes=-1', 'Range: lines=1-99999999999999999999', 'If-Match: "x"', 'If-Range: x', 'If-Modified-Since: never',
      'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT', 'Accept-Charset: x', 'X-HTTP-Method-Override: DELETE', 'X-Original-URL: /auth/me',
      'X-Forwarded-Prefix: /x', 'X-Actor-Assertion: x.y.z', 'Cookie: __proto__=1', 'Content-Encoding: gzip', 'TE: trailers',
    ]; // prettier-ignore
    for (const path of [
      '/log/checkpoint',
      '/log/tile/0/000',
      '/log/tile/entries/001.p/44',
      `/log/checkpoints/${size}`,
    ]) {
      const whole = await get(path);
      for (const header of headers) {
        const answer = await get(path, [header]);
        const isWhole = answer.status === 200 && answer.body.equals(whole.body);
        expect([path, header, isWhole || clear.includes(answer.status)]).toEqual([path, header, true]);
      }
    }
  });

  it('get bytes that nothing has compressed unasked, and gzip that unpacks to them when asked', async () => {
    const path = '/log/tile/entries/000';
    const plain = await get(path);
    expect(plain.headers['content-encoding']).toBeUndefined();
    for (const accepted of ['gzip', 'gzip, identity', 'br, gzip;q=0.1', 'GZIP']) {
      const packed = await get(path, [`Accept-Encoding: ${accepted}`]);
      const body = packed.headers['content-encoding'] === 'gzip' ? gunzipSync(packed.body) : packed.body;
      expect([accepted, body.equals(plain.body), packed.headers['vary']]).toEqual([
        accepted,
        true,
        expect.stringContaining('Accept-Encoding'),
      ]);
    }
    for (const accepted of ['identity', 'br', 'gzip;q=0', '*;q=0', 'x'.repeat(2_000), ';;;', 'gzip;q=nan']) {
      const answer = await get(path, [`Accept-Encoding: ${accepted}`]);
      expect([accepted.slice(0, 20), answer.status, answer.headers['content-encoding']]).toEqual([
        accepted.slice(0, 20),
        200,
        undefined,
      ]);
    }
  });
});
