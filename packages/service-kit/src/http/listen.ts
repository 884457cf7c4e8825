import http, { type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ConfigError } from '../errors.ts';

export interface HttpServer {
  readonly port: number;
  /** `http://<host>:<port>`; a wildcard host becomes the loopback address. */
  readonly url: string;
  /** Stops accepting, lets requests in flight finish for `graceMs`, then cuts what is left. Idempotent. */
  close(graceMs: number): Promise<void>;
}

export interface ListenOptions {
  host: string;
  port: number;
  /** A server that listens already: it gets the app, `host` and `port` are ignored. */
  server?: Server;
  /** Named in the message when the port is taken; default PORT. */
  portVariable?: string;
}

const IDLE_CHECK_MS = 50;

/** An HTTP server with our limits, not yet listening. */
function createHttpServer(): Server {
  return http.createServer({
    maxHeaderSize: 64 * 1024,
    // Longer than the proxies in front keep idle connections, else they write into one that we just closed.
    keepAliveTimeout: 75_000,
    // We say 75 seconds, and keep them for longer: the clocks of busy clients are late, undici's by as much as its ticks are.
    keepAliveTimeoutBuffer: 30_000,
    headersTimeout: 20_000,
    requestTimeout: 120_000,
    connectionsCheckingInterval: 5_000,
  });
}

/** A server with our limits that listens and answers nothing yet. Throws ConfigError, one line, when the address cannot be had. */
export async function openServer(o: Omit<ListenOptions, 'server'>): Promise<Server> {
  const server = createHttpServer();
  await bind(server, o);
  return server;
}

/** Starts serving. Throws ConfigError, one line, when the address cannot be had. */
export async function listen(app: RequestListener, o: ListenOptions): Promise<HttpServer> {
  // Whoever listened early answered for us until now.
  const server = o.server?.removeAllListeners('request') ?? (await openServer(o));
  const sockets = new Set<Socket>();
  let closing: Promise<void> | undefined;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (req, res) => {
    if (closing !== undefined) res.setHeader('connection', 'close');
    app(req, res);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${urlHost(o.host)}:${port}`,
    close(graceMs) {
      closing ??= drain(server, sockets, graceMs);
      return closing;
    },
  };
}

function bind(server: Server, o: Omit<ListenOptions, 'server'>): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => reject(bindError(error, o));
    server.once('error', onError);
    server.listen(o.port, o.host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function bindError(error: NodeJS.ErrnoException, o: Omit<ListenOptions, 'server'>): Error {
  const variable = o.portVariable ?? 'PORT';
  const at = `cannot listen on ${o.host}:${o.port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new ConfigError([
        `${variable}: ${at}, another program does already; stop it or set ${variable} to a free port`,
      ]);
    case 'EACCES':
      return new ConfigError([`${variable}: ${at}, not permitted; set ${variable} to a port from 1024`]);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError([`HOST: ${at}, this machine has no such address; set HOST to 127.0.0.1 or 0.0.0.0`]);
    default:
      return error;
  }
}

async function drain(server: Server, sockets: Set<Socket>, graceMs: number): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // Connections on which nothing was ever asked do not count as idle for Node.
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const bound = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, graceMs);
  await ended;
  clearInterval(idle);
  clearTimeout(bound);
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
