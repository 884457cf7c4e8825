import http from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigError } from '../errors.ts';
import { type HttpServer, listen, openServer } from './listen.ts';

const open: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

async function start(app: http.RequestListener): Promise<HttpServer> {
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  open.push(server);
  return server;
}

const answerAtOnce: http.RequestListener = (_req, res) => res.end('done');

/** An app whose first request waits for its answer. */
function holding(): { app: http.RequestListener; asked: Promise<void>; answer: () => void } {
  let held: http.ServerResponse | undefined;
  let tell: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const app: http.RequestListener = (_req, res) => {
    held = res;
    tell();
  };
  return { app, asked, answer: () => void held?.end('done') };
}

/** No machine stands still for as long. */
const ampleMs = 50_000;
const muchLess = 40_000;

describe('listen', () => {
  it('says in one line what to change when the port is taken', async () => {
    const { port } = await start(answerAtOnce);
    const failing = listen(answerAtOnce, { host: '127.0.0.1', port });
    await expect(failing).rejects.toBeInstanceOf(ConfigError);
    await expect(failing).rejects.toThrow(
      /^PORT: cannot listen on 127\.0\.0\.1:\d+, another program does already; stop it or set PORT to a free port$/,
    );
  });

  it('names HOST when the machine has no such address', async () => {
    await expect(listen(answerAtOnce, { host: '203.0.113.1', port: 0 })).rejects.toThrow(
      /^HOST: cannot listen on 203\.0\.113\.1:0/,
    );
  });

  it('attaches to a server that listens already', async () => {
    const server = await openServer({ host: '127.0.0.1', port: 0 });
    const attached = await listen((_req, res) => res.end('attached'), { host: '127.0.0.1', port: 9, server });
    open.push(attached);
    expect(attached.port).toBe((server.address() as AddressInfo).port);
    expect(await (await fetch(attached.url)).text()).toBe('attached');
  });

  it('writes wildcard and IPv6 hosts as URLs that work', async () => {
    const any = await listen((_req, res) => res.end('x'), { host: '0.0.0.0', port: 0 });
    open.push(any);
    expect(any.url).toBe(`http://127.0.0.1:${any.port}`);
  });
});

describe('close', () => {
  it('refuses new connections at once and lets the request in flight finish', async () => {
    const { app, asked, answer } = holding();
    const server = await start(app);
    const inFlight = fetch(server.url).then((response) => response.text());
    await asked;
    const closing = server.close(ampleMs);
    await expect(fetch(server.url)).rejects.toThrow();
    answer();
    expect(await inFlight).toBe('done');
    await closing;
  });

  it('does not wait for idle connections, nor for those on which nothing was asked', async () => {
    const server = await start(answerAtOnce);
    const agent = new http.Agent({ keepAlive: true });
    await new Promise((resolve) => http.get(server.url, { agent }, (res) => res.resume().on('end', resolve)));
    const silent = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => silent.once('connect', resolve));
    silent.on('error', () => undefined);
    const startedAt = performance.now();
    await server.close(ampleMs);
    expect(performance.now() - startedAt).toBeLessThan(muchLess);
    agent.destroy();
  });

  it('cuts what is not done within the bound', async () => {
    const { app, asked } = holding();
    const server = await start(app);
    const hanging = fetch(server.url);
    hanging.catch(() => undefined);
    await asked;
    const startedAt = performance.now();
    await server.close(200);
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(150);
    expect(tookMs).toBeLessThan(15_000);
    await expect(hanging).rejects.toThrow();
  });

  it('ends a kept connection after the answer that was in flight', async () => {
    const { app, asked, answer } = holding();
    const server = await start(app);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const answered = new Promise((resolve) =>
      http.get(server.url, { agent }, (res) => res.resume().on('end', resolve)),
    );
    await asked;
    const startedAt = performance.now();
    const closing = server.close(ampleMs);
    answer();
    await Promise.all([closing, answered]);
    expect(performance.now() - startedAt).toBeLessThan(muchLess);
    agent.destroy();
  });

  it('may be called twice', async () => {
    const server = await start(answerAtOnce);
    await Promise.all([server.close(100), server.close(100)]);
  });
});
