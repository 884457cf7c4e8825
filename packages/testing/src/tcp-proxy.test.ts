import { type Server, type Socket, connect, createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';
import { type TcpProxy, tcpProxy } from './tcp-proxy.ts';

const servers: Server[] = [];
const proxies: TcpProxy[] = [];
const clients: Socket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  for (const server of servers.splice(0)) server.close();
});

/** A proxy in front of a server that echoes. */
async function start(): Promise<TcpProxy> {
  const server = createServer((socket) => void socket.on('error', () => undefined).pipe(socket));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await tcpProxy({ target: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  proxies.push(proxy);
  return proxy;
}

interface Client {
  socket: Socket;
  received: () => string;
  /** The code of the error that ended it, or `closed`. */
  ended: Promise<string>;
}

function dial(proxy: TcpProxy): Client {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  let text = '';
  let failure = 'closed';
  socket.on('data', (chunk) => void (text += chunk.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => void (failure = error.code ?? 'error'));
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(failure)));
  return { socket, received: () => text, ended };
}

const after = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

describe('tcpProxy', () => {
  it('passes megabytes in both directions, in order, and the end', async () => {
    const { socket, received, ended } = dial(await start());
    const text = Array.from({ length: 300_000 }, (_, i) => i).join(' ');
    socket.end(text);
    expect(await ended).toBe('closed');
    expect(received()).toBe(text);
  });

  it('refuses when cut, also connections that are open, and comes back on the same port', async () => {
    const proxy = await start();
    const open = dial(proxy);
    open.socket.write('x');
    await eventually(() => open.received() === 'x');
    await proxy.cut();
    await open.ended;
    expect(await dial(proxy).ended).toBe('ECONNREFUSED');
    await proxy.restore();
    const again = dial(proxy);
    again.socket.write('y');
    await eventually(() => again.received() === 'y');
  });

  it('resets open and new connections', async () => {
    const proxy = await start();
    const open = dial(proxy);
    open.socket.write('x');
    await eventually(() => open.received() === 'x');
    await proxy.setMode('reset');
    expect(await open.ended).toBe('ECONNRESET');
    expect(await dial(proxy).ended).toBe('ECONNRESET');
  });

  it('swallows everything as a black hole, and gives it back afterwards', async () => {
    const proxy = await start();
    await proxy.setMode('blackhole');
    const { socket, received } = dial(proxy);
    socket.write('x');
    await after(200);
    expect([received(), socket.destroyed]).toEqual(['', false]);
    await proxy.restore();
    await eventually(() => received() === 'x');
  });

  it('delays both ways without holding up what follows', async () => {
    const proxy = await start();
    await proxy.setMode('latency', { latencyMs: 1_000 });
    const { socket, received } = dial(proxy);
    const startedAt = performance.now();
    const digits = '0123456789'.repeat(3);
    for (const digit of digits) {
      socket.write(digit);
      await after(10);
    }
    await eventually(() => received() === digits);
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(1_900);
    expect(tookMs).toBeLessThan(20_000);
  });

  it.each([
    ['amqp://guest:guest@HOST/%2f?heartbeat=10', 'amqp://guest:guest@127.0.0.1:PORT/%2f?heartbeat=10'],
    ['redis://HOST/0', 'redis://127.0.0.1:PORT/0'],
    ['postgresql://HOST:u@HOST/db', 'postgresql://HOST:u@127.0.0.1:PORT/db'],
  ])('takes the place of the host in %s', async (target, url) => {
    const proxy = await tcpProxy({ target: target.replaceAll('HOST', 'localhost') });
    proxies.push(proxy);
    expect(proxy.url).toBe(url.replace('PORT', String(proxy.port)).replaceAll('HOST', 'localhost'));
  });
});
