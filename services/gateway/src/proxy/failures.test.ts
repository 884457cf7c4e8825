import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { collectLogs, type CollectedLogs, eventually, freePort, tcpProxy } from '@artdag/testing';
import type { Config } from '../config.ts';
import { type Harness, startHarness, testConfig } from '../harness.testing.ts';
import { rawGet, sendRaw } from '../raw-http.testing.ts';

let gateway: Harness;
let logs: CollectedLogs;

beforeEach(async () => {
  logs = collectLogs();
  gateway = await startHarness({ logger: logs.logger });
});
afterEach(() => gateway.close());

/** A gateway like the one above, whose asset-registry is at another address. */
async function withRegistryAt(url: string, timeouts: Partial<Config> = {}): Promise<Harness> {
  const { upstreams } = testConfig(gateway.auth.url, gateway.auth.url);
  const config = { ...timeouts, upstreams: { ...upstreams, 'asset-registry': url } };
  return startHarness({ logger: logs.logger, config });
}

/** A server that answers every connection's first bytes with exactly these, then maybe hangs up. */
async function rawServer(answer: string, hangUp: boolean): Promise<{ url: string; server: Server }> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(answer);
      if (hangUp) setTimeout(() => socket.destroy(), 20);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const unavailable = { status: 503, headers: { 'retry-after': expect.any(String) } };

it('answers 503 with Retry-After when the service is not there, and says what to do', async () => {
  const other = await withRegistryAt(`http://127.0.0.1:${await freePort()}`);
  const answer = await rawGet(other.port, '/assets', ['X-Request-Id: r-1']);
  await other.close();
  expect(answer).toMatchObject(unavailable);
  expect(JSON.parse(answer.body)).toEqual({
    detail: expect.stringContaining('try again'),
    code: 'dependency_unavailable',
    request_id: 'r-1',
  });
});

it('goes on with the other services', async () => {
  const other = await withRegistryAt(`http://127.0.0.1:${await freePort()}`);
  await rawGet(other.port, '/assets');
  expect((await rawGet(other.port, '/users')).status).not.toBe(503);
  await other.close();
});

it('answers 503 when the service takes too long to begin', async () => {
  const hasty = await startHarness({ logger: logs.logger, config: { upstreamTimeoutMs: 300 } });
  hasty.respond = () => undefined;
  expect(await rawGet(hasty.port, '/assets')).toMatchObject(unavailable);
  await hasty.close();
});

it('answers 503 when connections to the service hang', async () => {
  const proxy = await tcpProxy({ target: gateway.auth.url });
  await proxy.setMode('blackhole');
  const other = await withRegistryAt(proxy.url, { upstreamTimeoutMs: 300, connectTimeoutMs: 300 });
  expect(await rawGet(other.port, '/assets')).toMatchObject(unavailable);
  await other.close();
  await proxy.close();
});

describe('an answer that breaks off', () => {
  it('breaks the client’s connection off too, so that it does not look complete', async () => {
    const { url, server } = await rawServer('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', true);
    const other = await withRegistryAt(url);
    const answer = await rawGet(other.port, '/assets');
    expect(answer.status).toBe(200);
    expect(answer.body).toBe('half');
    await other.close();
    server.close();
  });

  it('does so for chunked answers: the last chunk never comes', async () => {
    const { url, server } = await rawServer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', true);
    const other = await withRegistryAt(url);
    const answer = await rawGet(other.port, '/assets');
    expect(answer.body).toContain('half');
    expect(answer.body).not.toMatch(/0\r\n\r\n$/);
    await other.close();
    server.close();
  });

  it('does so when the service stalls in the middle', async () => {
    const { url, server } = await rawServer('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', false);
    const other = await withRegistryAt(url, { upstreamTimeoutMs: 1000 });
    // A busy machine may take too long to begin as well.
    await eventually(async () => expect((await rawGet(other.port, '/assets')).body).toBe('half'));
    await other.close();
    server.close();
  });
});

it('answers 503 to what is not HTTP', async () => {
  const { url, server } = await rawServer('220 mail.example ESMTP\r\n', false);
  const other = await withRegistryAt(url);
  expect(await rawGet(other.port, '/assets')).toMatchObject(unavailable);
  await other.close();
  server.close();
});

describe('a service that closes kept connections', () => {
  it('costs no GET: it is sent once more', async () => {
    let asked = 0;
    gateway.respond = (request, response) => {
      asked += 1;
      if (asked === 2) request.socket.destroy();
      else response.end('ok');
    };
    await rawGet(gateway.port, '/assets');
    expect((await rawGet(gateway.port, '/assets')).status).toBe(200);
    expect(asked).toBe(3);
  });

  it('is asked a second time only once', async () => {
    let asked = 0;
    gateway.respond = (request) => {
      asked += 1;
      request.socket.destroy();
    };
    expect((await rawGet(gateway.port, '/assets')).status).toBe(503);
    expect(asked).toBe(2);
  });

  it('gets no POST twice', async () => {
    let asked = 0;
    gateway.respond = (request) => {
      asked += 1;
      request.socket.destroy();
    };
    const answer = await sendRaw(gateway.port, 'POST /inbox HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    expect(answer.status).toBe(503);
    expect(asked).toBe(1);
  });
});

it('notes one line per request, with 499 for a client that left, and no query', async () => {
  let asked = false;
  gateway.respond = () => (asked = true);
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write('GET /users?secret=1 HTTP/1.1\r\nHost: a\r\nX-Request-Id: left-2\r\n\r\n');
  await eventually(() => asked);
  socket.destroy();
  const lines = () => logs.records().filter((line) => line['request_id'] === 'left-2');
  await eventually(() => lines().length > 0);
  expect(lines()).toEqual([
    expect.objectContaining({ message: 'request', path: '/users', status: 499, method: 'GET' }),
  ]);
  expect(logs.text()).not.toContain('secret');
});
