import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bodyDigest } from '@artdag/msign';
import { eventually, quietLogger } from '@artdag/testing';
import { type Harness, startHarness } from '../harness.testing.ts';
import { rawGet, sendRaw } from '../raw-http.testing.ts';
import type { BodyLimits } from './held-bodies.ts';
import { codeOf, makeTestSigner, messageOf, type RequestToSend, type TestSigner } from './signing.testing.ts';

const kibibyte = 1024;
const limits: BodyLimits = {
  maxBytes: 64 * kibibyte,
  totalBytes: 160 * kibibyte,
  perAddressBytes: 64 * kibibyte,
  maxMs: 20_000,
};
let gateway: Harness;
let alice: TestSigner;

beforeEach(() => start(limits));
afterEach(() => gateway.close());

async function start(bodyLimits: BodyLimits): Promise<void> {
  const config = { trustedProxies: ['127.0.0.1/32'] };
  gateway = await startHarness({ logger: quietLogger(), config, overrides: { bodyLimits } });
  alice = makeTestSigner(gateway);
}

/** What the gauge says. */
async function held(): Promise<number> {
  const { body } = await rawGet(gateway.port, '/metrics');
  return Number(/^msign_body_bytes (\d+)$/m.exec(body)?.[1]);
}

const post = (size: number, from = '10.0.0.1', seed = 0): RequestToSend & { body: Buffer } => ({
  ...{ method: 'POST', target: '/assets', body: Buffer.alloc(size, seed), lines: [`X-Forwarded-For: ${from}`] },
});

/** Opens a request and leaves it at this many bytes of its body. */
async function begin(request: RequestToSend & { body: Buffer }, bytes: number): Promise<Socket> {
  const message = messageOf(request, alice.authorization(request));
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(message.subarray(0, message.length - request.body.length + bytes));
  await once(socket, 'connect');
  return socket;
}

describe('Expect: 100-continue', () => {
  const head = (changes: RequestToSend, length: number): RequestToSend => ({
    ...{ method: 'POST', lines: ['Expect: 100-continue', `Content-Length: ${length}`] },
    ...changes,
  });

  it('is told to go on after all that can be said without the body', async () => {
    const answer = await sendRaw(gateway.port, messageOf(head({}, 4), alice.authorization(head({}, 4))));
    expect(answer.status).toBe(100);
  });

  it.each<[string, RequestToSend, number, string]>([
    ['the time', { ts: 1 }, 4, '401'],
    ['the host', { host: 'evil.example' }, 4, '401'],
    ['the announced length', {}, limits.maxBytes + 1, '413'],
  ])('is told no by %s alone, and the connection ends', async (_what, changes, length, status) => {
    const request = head(changes, length);
    const answer = await sendRaw(gateway.port, messageOf(request, alice.authorization(request)));
    expect(answer.text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.headers['connection']).toBe('close');
  });

  it('is told no when there is no room, before anything is sent', async () => {
    const socket = await begin(post(60_000), 50_000);
    await eventually(async () => (await held()) === 50_000);
    const request = head({ lines: ['X-Forwarded-For: 10.0.0.1', 'Expect: 100-continue', 'Content-Length: 30000'] }, 0);
    const answer = await sendRaw(gateway.port, messageOf(request, alice.authorization(request)));
    expect(answer.text).toMatch(/^HTTP\/1\.1 429 /);
    socket.destroy();
  });
});

describe('a body', () => {
  it('is held from its first byte until the request is over', async () => {
    let finish: (() => void) | undefined;
    gateway.respond = (request, response) => {
      request.resume().on('end', () => (finish = () => response.end('done')));
    };
    const answer = alice.send(post(50_000));
    await eventually(() => finish !== undefined);
    expect(await held()).toBe(50_000);
    finish?.();
    expect((await answer).status).toBe(200);
    expect(await held()).toBe(0);
  });

  it('over the limit is 413, announced or not', async () => {
    const announced = await alice.send(post(limits.maxBytes + 1));
    expect([announced.status, codeOf(announced)]).toEqual([413, 'body_too_large']);
    const request = { ...post(0), lines: ['Transfer-Encoding: chunked'] };
    const { body: _none, ...chunked } = request;
    const size = limits.maxBytes + 1;
    const message = messageOf(chunked, alice.authorization(request));
    const answer = await sendRaw(
      gateway.port,
      Buffer.concat([
        message,
        Buffer.from(`${size.toString(16)}\r\n`),
        Buffer.alloc(size),
        Buffer.from('\r\n0\r\n\r\n'),
      ]),
    );
    expect([answer.status, codeOf(answer)]).toEqual([413, 'body_too_large']);
    expect(gateway.identity.questions).toEqual([]);
    expect(await held()).toBe(0);
  });

  it('over its route’s own limit is 413', async () => {
    const answer = await alice.send({ ...post(20_000), target: '/auth/password' });
    expect(answer.status).toBe(413);
  });

  it('of exactly the limit is taken', async () => {
    expect((await alice.send(post(limits.maxBytes))).status).toBe(200);
    expect(gateway.seen).toMatchObject([{ bodyBytes: limits.maxBytes }]);
  });

  it('that comes too slowly is 408, and its place is given back', async () => {
    await gateway.close();
    await start({ ...limits, maxMs: 300 });
    const socket = await begin(post(20_000), 10_000);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 [^]*"code":"body_too_slow"/);
    await once(socket, 'close');
    expect(await held()).toBe(0);
    expect(gateway.identity.questions).toEqual([]);
  });

  it('in the smallest of pieces is the same body', async () => {
    const bytes = Buffer.from(Array.from({ length: 40_000 }, (_, at) => (at * 31) % 251));
    const { body: _none, ...chunked } = { ...post(0), lines: ['Transfer-Encoding: chunked'] };
    const message = messageOf(chunked, alice.authorization({ ...post(0), body: bytes }));
    const pieces = Array.from(bytes, (byte) => Buffer.from([0x31, 13, 10, byte, 13, 10]));
    const answer = await sendRaw(gateway.port, Buffer.concat([message, ...pieces, Buffer.from('0\r\n\r\n')]));
    expect(answer.status).toBe(200);
    expect(gateway.seen).toMatchObject([{ bodyBytes: 40_000, bodySha256: bodyDigest(bytes) }]);
  });

  it('of no bytes, in chunks, is an empty one', async () => {
    const { body: _none, ...chunked } = { ...post(0), lines: ['Transfer-Encoding: chunked'] };
    const message = messageOf(chunked, alice.authorization({ ...post(0) }));
    expect((await sendRaw(gateway.port, Buffer.concat([message, Buffer.from('0\r\n\r\n')]))).status).toBe(200);
    expect(gateway.seen).toMatchObject([{ bodyBytes: 0 }]);
  });

  it('that breaks off leaves nothing behind', async () => {
    const sockets = await Promise.all(['10.0.0.1', '10.0.0.2'].map((from) => begin(post(60_000, from), 30_000)));
    await eventually(async () => (await held()) === 60_000);
    for (const socket of sockets) socket.destroy();
    await eventually(async () => (await held()) === 0);
    expect(gateway.identity.questions).toEqual([]);
  });

  it('whose client leaves while its signature is verified leaves nothing behind', async () => {
    gateway.identity.delayMs = 1_000;
    const socket = await begin(post(30_000), 30_000);
    await eventually(() => gateway.identity.questions.length === 1);
    socket.destroy();
    await eventually(async () => (await held()) === 0);
    expect(gateway.seen).toEqual([]);
  });

  it('that is refused leaves nothing behind', async () => {
    const { status } = await alice.send(post(30_000), { target: '/auth/password' });
    expect(status).toBe(413);
    gateway.identity.judge = () => ({ ok: false, code: 'key_expired' });
    expect((await alice.send(post(30_000))).status).toBe(401);
    gateway.identity.mode = 'down';
    expect((await alice.send(post(30_000))).status).toBe(503);
    expect(await held()).toBe(0);
  });
});

describe('bodies at once', () => {
  it('that is refused is given back at once, also while its answer waits behind one that nobody takes', async () => {
    const large = Buffer.alloc(8 * 1024 * kibibyte);
    gateway.respond = (_request, response) => void response.end(large);
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined).pause();
    const unread = 'GET /assets HTTP/1.1\r\nHost: l2.example\r\nX-Forwarded-For: 10.0.0.9\r\n\r\n';
    const refused = { ...post(32 * kibibyte), target: '/assets?changed' };
    socket.write(Buffer.concat([Buffer.from(unread), messageOf(refused, alice.authorization(post(32 * kibibyte)))]));
    await eventually(() => gateway.identity.questions.length === 1);
    await eventually(async () => expect(await held()).toBe(0));
    socket.destroy();
  });

  it('of one address share its place: the one too many is 429 busy, and others are not', async () => {
    const socket = await begin(post(60_000), 50_000);
    await eventually(async () => (await held()) === 50_000);
    const answer = await alice.send(post(30_000));
    expect([answer.status, codeOf(answer)]).toEqual([429, 'busy']);
    expect(answer.headers['retry-after']).toEqual(expect.any(String));
    expect((await alice.send(post(30_000, '10.0.0.2'))).status).toBe(200);
    expect((await alice.send(post(10_000, '10.0.0.1', 1))).status).toBe(200);
    socket.destroy();
    await eventually(async () => (await held()) === 0);
    expect((await alice.send(post(30_000, '10.0.0.1', 2))).status).toBe(200);
  });

  it('of all addresses share the gateway’s', async () => {
    const from = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
    const sockets = await Promise.all(from.map((address) => begin(post(60_000, address), 50_000)));
    await eventually(async () => (await held()) === 150_000);
    const answer = await alice.send(post(30_000, '10.0.0.4'));
    expect([answer.status, codeOf(answer)]).toEqual([429, 'busy']);
    for (const socket of sockets) socket.destroy();
  });

  it('count by what has come, not by what was announced, and one that finds no more room is 429', async () => {
    const first = await begin(post(60_000), 10_000);
    await eventually(async () => (await held()) === 10_000);
    const second = await begin(post(50_000), 10_000);
    await eventually(async () => (await held()) === 20_000);
    const answer = once(first, 'data') as Promise<[Buffer]>;
    second.write(Buffer.alloc(39_000));
    await eventually(async () => (await held()) === 59_000);
    first.write(Buffer.alloc(20_000));
    expect((await answer)[0].toString()).toMatch(/^HTTP\/1\.1 429 /);
    await eventually(async () => (await held()) === 49_000);
    first.destroy();
    second.destroy();
  });
});
