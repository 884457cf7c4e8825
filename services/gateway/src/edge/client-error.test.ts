import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, quietLogger } from '@artdag/testing';
import { type Harness, startHarness } from '../harness.testing.ts';
import { rawGet, sendRaw } from '../raw-http.testing.ts';

let gateway: Harness;

beforeAll(async () => {
  gateway = await startHarness({ logger: quietLogger() });
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.seen.length = 0;
});

const smuggled = 'GET /users HTTP/1.1\r\nHost: a\r\n\r\n';

describe('contradictory lengths get 400 and the end of the connection', () => {
  it.each([
    ['length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunks and length', 'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody'],
    ['two equal lengths', 'Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody'],
    ['a list of lengths', 'Content-Length: 4, 4\r\n\r\nbody'],
    ['a negative length', 'Content-Length: -1\r\n\r\n'],
    ['a signed length', 'Content-Length: +4\r\n\r\nbody'],
    ['a hexadecimal length', 'Content-Length: 0x4\r\n\r\nbody'],
    ['an unknown last coding', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['a masked coding', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['a folded header', 'Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n'],
    ['a bare line feed', 'X: 1\nContent-Length: 4\r\n\r\nbody'],
    ['a NUL in a header', 'X: a\0b\r\nContent-Length: 0\r\n\r\n'],
    ['a bad chunk size', 'Transfer-Encoding: chunked\r\n\r\n4x\r\nbody\r\n0\r\n\r\n'],
    ['a chunk that is longer than it says', 'Transfer-Encoding: chunked\r\n\r\n2\r\nbody\r\n0\r\n\r\n'],
  ])('%s', async (_, rest) => {
    const answer = await sendRaw(gateway.port, `POST /inbox HTTP/1.1\r\nHost: a\r\n${rest}${smuggled}`);
    expect(answer.status).toBe(400);
    expect(answer.headers['connection']).toBe('close');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'bad_request', detail: expect.any(String) });
    expect(gateway.seen.map((seen) => seen.url)).not.toContain('/users');
  });
});

it.each([
  ['bytes that are not HTTP', '\x16\x03\x01\x02\x00\x01\x00'],
  ['an unknown method', 'FROB /assets HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['another protocol', 'GET /assets HTTP/9.9\r\nHost: a\r\n\r\n'],
  ['raw bytes above ASCII in the path', 'GET /assets/\xe4 HTTP/1.1\r\nHost: a\r\n\r\n'],
])('answers %s with 400', async (_, bytes) => {
  expect((await sendRaw(gateway.port, bytes)).status).toBe(400);
});

describe('headers over 64 KiB', () => {
  it.each([66_000, 1024 * 1024])('get 431 (%i bytes)', async (length) => {
    const answer = await rawGet(gateway.port, '/assets', [`Cookie: ${'a=1; '.repeat(length / 5)}`]);
    expect(answer.status).toBe(431);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'headers_too_large' });
  });

  it('are taken up to it', async () => {
    expect((await rawGet(gateway.port, '/assets', [`X-Big: ${'a=1; '.repeat(12_000)}`])).status).toBe(200);
  });
});

it('goes on serving others', async () => {
  await sendRaw(gateway.port, 'nonsense\r\n\r\n');
  expect((await rawGet(gateway.port, '/assets')).status).toBe(200);
});

it('does not write into an answer that has begun', async () => {
  gateway.respond = (_request, response) => {
    response.writeHead(200, { 'Content-Length': '10' });
    response.write('half');
  };
  const socket = connect(gateway.port, '127.0.0.1');
  let text = '';
  let closed = false;
  socket.on('data', (chunk) => (text += chunk.toString())).on('close', () => (closed = true));
  socket.write('POST /inbox HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n');
  await eventually(() => text.endsWith('half'));
  socket.write('no chunk\r\n');
  await eventually(() => closed);
  expect(text).toMatch(/half$/);
});
