import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Lookup } from './resolve.ts';

export interface TestServer {
  port: number;
  /** Sockets open now. */
  readonly open: number;
  /** Sockets ever opened. */
  readonly opened: number;
  /** The most that were open at once. */
  readonly most: number;
  close(): Promise<void>;
}

const running: TestServer[] = [];

/** For `afterEach`. */
export async function closeServers(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.close()));
}

export function startHttp(handler: RequestListener, host = '127.0.0.1'): Promise<TestServer> {
  return start(createHttpServer(handler), host);
}

export function startHttps(tls: { key: string; cert: string }, handler: RequestListener): Promise<TestServer> {
  return start(createHttpsServer(tls, handler), '127.0.0.1');
}

/** A server that speaks whatever `onSocket` writes. */
export function startTcp(onSocket: (socket: Socket) => void, host = '127.0.0.1'): Promise<TestServer> {
  const server = createTcpServer((socket) => {
    // What is not read would hide that the other side has hung up.
    socket.resume();
    onSocket(socket);
  });
  return start(server, host);
}

async function start(server: Server, host: string): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const seen = { opened: 0, most: 0 };
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    seen.opened += 1;
    seen.most = Math.max(seen.most, sockets.size);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const testServer: TestServer = {
    port: (server.address() as AddressInfo).port,
    get open() {
      return sockets.size;
    },
    get opened() {
      return seen.opened;
    },
    get most() {
      return seen.most;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  running.push(testServer);
  return testServer;
}

/** A resolver that knows only these names, and remembers what it was asked. */
export function fakeLookup(names: Record<string, readonly string[]>): { lookup: Lookup; asked: string[] } {
  const asked: string[] = [];
  const lookup: Lookup = async (hostname) => {
    asked.push(hostname);
    const addresses = names[hostname];
    if (addresses === undefined)
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { lookup, asked };
}
