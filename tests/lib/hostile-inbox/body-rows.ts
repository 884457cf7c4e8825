import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from '@jest/globals';
import { call } from '../api-client.ts';
import { expectRefused, follow, processed, type HostileSuite, type Row } from './hostile-suite.ts';

/** Posts these bytes, signed, each by a stranger of its own whom nobody then asks for anything. */
async function expectAnswer(suite: HostileSuite, status: number, bodies: readonly (string | Buffer)[]): Promise<void> {
  const stranger = await suite.newStranger();
  for (const body of bodies) {
    const answer = await stranger.post('alice', suite.inbox, Buffer.from(body));
    await expectRefused(suite, stranger, answer, { status });
  }
}

const head = (suite: HostileSuite): string =>
  `POST ${new URL(suite.inbox).pathname} HTTP/1.1\r\nHost: ${new URL(suite.url).host}\r\nContent-Type: application/activity+json\r\n`;

async function open(suite: HostileSuite): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(Number(new URL(suite.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const answer = Promise.race([
    new Promise<string>((resolve) => void socket.once('data', (data) => resolve(String(data).split('\r\n')[0] ?? ''))),
    new Promise<string>((resolve) => void socket.once('close', () => resolve('closed'))),
  ]);
  await once(socket, 'connect');
  return { socket, answer };
}

const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 0x20), Buffer.from('\r\n')]);

/** A little too much, and then nothing more: the answer comes without the end. */
async function stalledUpload(suite: HostileSuite): Promise<void> {
  const { socket, answer } = await open(suite);
  socket.write(`${head(suite)}Transfer-Encoding: chunked\r\n\r\n`);
  for (let i = 0; i < 5; i += 1) socket.write(chunk);
  expect(await answer).toBe('HTTP/1.1 413 Payload Too Large');
  socket.destroy();
}

/** Without end, as fast as it is taken: soon nothing more of it is. */
async function endlessUpload(suite: HostileSuite): Promise<void> {
  const { socket, answer } = await open(suite);
  let taken = 0;
  // A connection that is cut off is an answer as well.
  const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  socket.write(`${head(suite)}Transfer-Encoding: chunked\r\n\r\n`);
  while (!socket.destroyed && taken < 64 * 1024 * 1024) {
    const drained = new Promise<void>((resolve) => void socket.once('drain', () => resolve()));
    if (!socket.write(chunk)) await Promise.race([drained, closed]);
    taken += chunk.length;
  }
  socket.destroy();
  expect(await answer).toMatch(/413|closed/);
  expect(taken).toBeLessThan(32 * 1024 * 1024);
}

async function tooLarge(suite: HostileSuite): Promise<void> {
  await stalledUpload(suite);
  await endlessUpload(suite);
  const stranger = await suite.newStranger();
  const large = follow(suite, stranger, 'alice', { content: 'x'.repeat(256 * 1024) });
  await expectRefused(suite, stranger, await stranger.post('alice', suite.inbox, large), { status: 413 });
  for (const bytes of [Buffer.from(JSON.stringify(large)), Buffer.alloc(128 * 1024 * 1024)]) {
    const tweak = { headers: { 'content-encoding': 'gzip' } };
    const bomb = gzipSync(bytes);
    const answer = await stranger.post('alice', suite.inbox, bomb, { tweak });
    await expectRefused(suite, stranger, answer, { status: 413 });
  }
}

async function tooDeep(suite: HostileSuite): Promise<void> {
  const frame = (rest: object) => JSON.stringify({ id: 'http://a.example/1', actor: 'http://a.example/a', ...rest });
  await expectAnswer(suite, 400, [
    '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000),
    `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    '['.repeat(20_000),
    '{"to":'.repeat(20_000),
    frame({ to: Array.from({ length: 20_000 }, (_, i) => `u${i}`) }),
    frame({ bcc: [Array(600).fill('u')], cc: { items: Array(20_000).fill('u') }, audience: Array(600).fill('u') }),
  ]);
}

const notOneObject = (suite: HostileSuite): Promise<void> =>
  expectAnswer(suite, 400, [
    ...['null', '[]', '42', '"Follow"', '', '{"type":', '{}{}', '{type:1}', "{'a':1}", '\ufeff{}', '{"a":01}', 'NaN'],
    ...['{"a":"\ud800"}', '{"type":"Like","type":"Follow"}', '{"a":{"b":1,"\\u0062":2}}', '{"a":"\u0000"}'],
    ...['{"__proto__":{"actor":"x"}}', '{"a":[{"\\u005f_proto__":1}]}'],
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
    Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]),
    Buffer.from('\ufeff{}', 'utf16le'),
  ]);

async function unknownContext(suite: HostileSuite): Promise<void> {
  const [stranger, other] = [await suite.newStranger(), await suite.newStranger()];
  const context = [
    'https://www.w3.org/ns/activitystreams',
    `${stranger.url}/ns`,
    `${other.url}/ns`,
    { x: `${other.url}/x` },
  ];
  const document = follow(suite, stranger, 'alice', { '@context': context });
  expect((await stranger.post('alice', suite.inbox, document)).status).toBe(202);
  expect(await processed(suite, stranger)).toEqual(['followed']);
  expect([stranger.fetches, other.fetches]).toEqual([['/users/alice'], []]);
}

const contextFlood = (suite: HostileSuite): Promise<void> => {
  const terms = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`t${i}`, `http://a.example/${i}`]));
  const floods = [Array(10_000).fill('http://a.example/'), Array(17).fill('http://a.example/'), terms, [terms]];
  const nested = { object: { object: { '@context': floods[0] } } };
  return expectAnswer(
    suite,
    400,
    [...floods.map((context) => ({ '@context': context })), nested].map((d) => JSON.stringify(d)),
  );
};

/** Blank nodes that all point at one another: what makes the canonicalisation of a graph take for ever. */
const clique = (size: number): unknown[] => {
  const names = Array.from({ length: size }, (_, i) => `_:b${i}`);
  return names.map((id) => ({ '@id': id, 'http://a.example/p': names.map((other) => ({ '@id': other })) }));
};

async function linkedDataSignature(suite: HostileSuite): Promise<void> {
  const [stranger, creator] = [await suite.newStranger(), await suite.newStranger()];
  const value = { type: 'RsaSignature2017', created: new Date().toISOString(), signatureValue: 'AAAA' };
  const signature = { ...value, creator: `${creator.url}/users/bob#main-key` };
  const odd = [{}, { '@graph': clique(40) }, { '@reverse': { x: clique(40) } }, { '@included': clique(40) }];
  for (const more of [...odd, { '@graph': [{ type: 'Follow' }] }]) {
    const document = stranger.activity('alice', { type: 'Like', object: suite.actor, signature, ...more });
    expect((await stranger.post('alice', suite.inbox, document)).status).toBe(202);
    // Canonicalised it would be answered never.
    expect((await call(suite.url, '/healthz')).status).toBe(200);
  }
  const forwarded = creator.activity('bob', { type: 'Follow', object: suite.actor, signature });
  const answer = await stranger.post('alice', suite.inbox, forwarded);
  expect([answer.status, answer.code]).toEqual([401, 'key_owner_mismatch']);
  expect([stranger.fetches, creator.fetches]).toEqual([['/users/alice'], []]);
}

export const bodyRows: Row[] = [
  ['Over the limit, or small until inflated', '413 while it streams; the rest is not read', tooLarge],
  ['Nested 20,000 deep; 20,000 recipients', '400', tooDeep],
  ['null, [], 42, a bare string, broken JSON, invalid UTF-8, duplicate keys, __proto__', '400', notOneObject],
  ['Unknown remote @context', 'ignored, nothing is fetched', unknownContext],
  ['A flood of contexts', '400', contextFlood],
  [
    'Linked Data Signature, also on a document with @graph, @reverse, @included or a clique of blank nodes',
    'removed unread, in bounded time',
    linkedDataSignature,
  ],
];
