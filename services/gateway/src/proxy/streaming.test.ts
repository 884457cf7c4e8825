import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, quietLogger } from '@artdag/testing';
import { type Harness, startHarness } from '../harness.testing.ts';
import { makeTestSigner } from '../msign/signing.testing.ts';
import type { Route } from '../route-table.ts';

const mebibyte = 1024 * 1024;
const routes: Route[] = [
  { method: 'POST', path: '/big', owner: 'asset-registry', auth: 'public', maxBodyBytes: 128 * mebibyte },
  { method: 'POST', path: '/small', owner: 'asset-registry', auth: 'public', maxBodyBytes: 1000 },
  { method: 'GET', path: '/stream', owner: 'asset-registry', auth: 'public' },
  { method: 'POST', path: '/patient', owner: 'asset-registry', auth: 'public', answerMs: 40_000 },
];
let gateway: Harness;

beforeAll(async () => {
  gateway = await startHarness({ logger: quietLogger(), overrides: { routes } });
});
afterAll(() => gateway.close());

function post(path: string, headers: Record<string, string | number> = {}): ClientRequest {
  return httpRequest(`${gateway.url}${path}`, { method: 'POST', headers, agent: false });
}

async function answerOf(request: ClientRequest): Promise<{ status: number; text: string }> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, text };
}

it('hands on the first bytes of a 5 MiB body before the last were sent', async () => {
  let received = 0;
  gateway.respond = (request, response) => {
    request.on('data', (chunk: Buffer) => (received += chunk.length));
    request.on('end', () => response.end(String(received)));
  };
  const request = post('/big', { 'content-length': 5 * mebibyte });
  const answer = answerOf(request);
  request.write(Buffer.alloc(mebibyte));
  await eventually(() => received === mebibyte);
  request.end(Buffer.alloc(4 * mebibyte));
  await expect(answer).resolves.toEqual({ status: 200, text: String(5 * mebibyte) });
});

it('waits as long as the route says for an answer that comes only when the body has', async () => {
  const hasty = await startHarness({
    logger: quietLogger(),
    overrides: { routes },
    config: { upstreamTimeoutMs: 200 },
  });
  hasty.respond = (request, response) => {
    request.resume();
    request.on('end', () => void sleep(1_500).then(() => response.end('late')));
  };
  const ask = async (path: string) => {
    const request = httpRequest(`${hasty.url}${path}`, { method: 'POST', agent: false });
    const answer = answerOf(request);
    request.write('begun');
    await sleep(700);
    request.end(' and ended');
    return (await answer).status;
  };
  expect([await ask('/patient'), await ask('/big')]).toEqual([200, 503]);
  await hasty.close();
});

it('holds back a client that is faster than the service, in bounded memory', async () => {
  let received = 0;
  let read: (() => void) | undefined;
  gateway.respond = (request, response) => {
    read = () => request.on('data', (chunk: Buffer) => (received += chunk.length));
    request.on('end', () => response.end(String(received)));
  };
  const size = 96 * mebibyte;
  const request = post('/big', { 'content-length': size });
  const answer = answerOf(request);
  const chunk = Buffer.alloc(256 * 1024);
  let sent = 0;
  const before = retainedBytes();
  const sending = (async () => {
    for (; sent < size; sent += chunk.length) if (!request.write(chunk)) await once(request, 'drain');
    request.end();
  })();
  await eventually(async () => {
    const progress = sent;
    await sleep(200);
    return read !== undefined && progress > 0 && progress === sent;
  });
  // What the kernel's own buffers take is not ours to bound.
  expect(sent).toBeLessThan(size / 2);
  // All three parties live in this process, and its other work comes and goes: an upper bound for the gateway, an eighth of the body.
  expect(retainedBytes() - before).toBeLessThan(size / 8);
  read?.();
  await sending;
  await expect(answer).resolves.toEqual({ status: 200, text: String(size) });
});

function retainedBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

describe('a body over its route’s limit', () => {
  it('is refused with 413 on its announced length, before a byte reaches the service', async () => {
    let asked = false;
    gateway.respond = () => (asked = true);
    const request = post('/small', { 'content-length': 1001 });
    request.end(Buffer.alloc(1001));
    const { status, text } = await answerOf(request);
    expect({ status, code: JSON.parse(text).code, asked }).toEqual({
      status: 413,
      code: 'body_too_large',
      asked: false,
    });
  });

  it('is refused with 413 once more than the limit has come, and the service sees the request break off', async () => {
    let ended: string | undefined;
    let reached = false;
    gateway.respond = (request) => {
      reached = true;
      request.on('error', () => (ended = 'error')).on('end', () => (ended = 'end'));
      request.resume();
    };
    const request = post('/small', { 'transfer-encoding': 'chunked' });
    request.write(Buffer.alloc(900));
    await eventually(() => reached);
    request.end(Buffer.alloc(300_000));
    const { status, text } = await answerOf(request);
    expect({ status, code: JSON.parse(text).code }).toEqual({ status: 413, code: 'body_too_large' });
    await eventually(() => ended === 'error');
  });

  it('is taken when it has exactly the limit', async () => {
    gateway.respond = (request, response) => {
      request.resume().on('end', () => response.end('ok'));
    };
    const request = post('/small', { 'transfer-encoding': 'chunked' });
    request.end(Buffer.alloc(1000));
    await expect(answerOf(request)).resolves.toEqual({ status: 200, text: 'ok' });
  });
});

it('lets a service answer early, and the client still gets that answer', async () => {
  gateway.respond = (request, response) => {
    request.once('data', () => response.writeHead(422).end('early'));
  };
  const request = post('/big', { 'content-length': 3 * mebibyte });
  request.on('error', () => undefined);
  const answer = answerOf(request);
  request.write(Buffer.alloc(mebibyte));
  await expect(answer).resolves.toEqual({ status: 422, text: 'early' });
  request.destroy();
});

it('passes an answer on as it comes', async () => {
  let finish: () => void = () => undefined;
  gateway.respond = (_request, response) => {
    response.write('first');
    finish = () => response.end('last');
  };
  const request = httpRequest(`${gateway.url}/stream`, { agent: false }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const [first] = (await once(response, 'data')) as [Buffer];
  expect(first.toString()).toBe('first');
  finish();
  const [last] = (await once(response, 'data')) as [Buffer];
  expect(last.toString()).toBe('last');
});

it('does not collect an answer for a client that does not read', async () => {
  let written = 0;
  gateway.respond = (_request, response) => {
    const chunk = Buffer.alloc(256 * 1024);
    const write = (): void => {
      while (written < 96 * mebibyte) {
        written += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', write);
      }
      response.end();
    };
    write();
  };
  const request = httpRequest(`${gateway.url}/stream`, { agent: false }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await sleep(400);
  const stalledAt = written;
  response.resume();
  await once(response, 'end');
  expect(stalledAt).toBeLessThan(48 * mebibyte);
  expect(written).toBe(96 * mebibyte);
});

it('ends the request to the service when the client leaves', async () => {
  let state = 'waiting';
  gateway.respond = (_request, response) => {
    state = 'asked';
    response.on('close', () => (state = 'closed'));
  };
  const request = httpRequest(`${gateway.url}/stream`, { agent: false }).end();
  request.on('error', () => undefined);
  await eventually(() => state === 'asked');
  request.destroy();
  await eventually(() => state === 'closed');
});

it('ends an upload to the service when the client leaves half-way', async () => {
  let state = 'waiting';
  gateway.respond = (request) => {
    request.on('data', () => (state = 'receiving')).on('error', () => (state = 'broken off'));
  };
  const request = post('/big', { 'content-length': mebibyte });
  request.on('error', () => undefined);
  request.write(Buffer.alloc(1000));
  await eventually(() => state === 'receiving');
  request.destroy();
  await eventually(() => state === 'broken off');
});

it('cuts off clients that take nothing, and has connections of its own for what it asks meanwhile', async () => {
  const held: Route = { method: 'GET', path: '/held', owner: 'identity', auth: 'public' };
  const patient = await startHarness({
    logger: quietLogger(),
    config: { upstreamTimeoutMs: 4000 },
    overrides: { routes: [...routes, held] },
  });
  try {
    const large = Buffer.alloc(16 * mebibyte);
    let begun = 0;
    patient.respond = ({ url }, response) => {
      if (url === '/held') begun += 1;
      response.end(url === '/held' ? large : 'small');
    };
    // More than there are connections to a service.
    const readers = Array.from({ length: 140 }, () => {
      const request = httpRequest(`${patient.url}/held`, { agent: false });
      request.on('response', (response) => response.pause().on('error', () => undefined));
      request.on('error', () => undefined).end();
      return request;
    });
    await eventually(() => begun >= 128);
    const signer = makeTestSigner(patient);
    await eventually(async () => expect((await signer.send({ target: '/stream' })).status).toBe(200));
    // They still take nothing, and their connections to the service serve others.
    await eventually(async () => {
      const signal = AbortSignal.timeout(2000);
      const { status, body } = await fetch(`${patient.url}/held`, { signal });
      await body?.cancel();
      return status === 200;
    });
    for (const reader of readers) reader.destroy();
  } finally {
    await patient.close();
  }
});

it('keeps no connection to a service for clients that leave pages of moderate length unread', async () => {
  const page = Buffer.alloc(240 * 1024);
  gateway.respond = (_request, response) => void response.end(page);
  const sockets = Array.from({ length: 2 }, () => connect(gateway.port, '127.0.0.1').pause());
  const one = 'GET /stream HTTP/1.1\r\nHost: l2.example\r\n\r\n';
  // More than there are connections to a service, less than may wait here.
  for (const socket of sockets) socket.on('error', () => undefined).write(one.repeat(70));
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => fetch(`${gateway.url}/stream`, { signal: AbortSignal.timeout(40_000) })),
  );
  for (const answer of answers) expect((await answer.arrayBuffer()).byteLength).toBe(page.length);
  for (const socket of sockets) socket.destroy();
});
