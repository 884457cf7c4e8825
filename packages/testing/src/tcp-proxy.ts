import { setMaxListeners } from 'node:events';
import { type Socket, connect, createServer, type AddressInfo, type Server } from 'node:net';
import { addressOf } from './brokers.ts';
import { type Gate, pump } from './tcp-pump.ts';

/**
 * - `pass`: as if the proxy were not there
 * - `latency`: every byte comes `latencyMs` later, both ways
 * - `blackhole`: connections are accepted and stay open, but nothing passes; what was sent passes once the mode changes
 * - `reset`: all connections, new ones too, are ended with RST
 * - `refuse`: all connections are ended and new ones refused
 */
export type ProxyMode = 'pass' | 'latency' | 'blackhole' | 'reset' | 'refuse';

export interface TcpProxy {
  readonly port: number;
  /** The target's URL with the proxy's host and port; `127.0.0.1:<port>` when the target was none. */
  readonly url: string;
  readonly mode: ProxyMode;
  /** Connections open now. */
  readonly connections: number;
  setMode: (mode: ProxyMode, o?: { latencyMs?: number }) => Promise<void>;
  /** The cable is pulled: `refuse`. */
  cut: () => Promise<void>;
  /** The cable is back: `pass`, on the same port. */
  restore: () => Promise<void>;
  close: () => Promise<void>;
}

/** A TCP proxy in front of `target` (a URL, or `host:port`) that can misbehave like a network, without root. */
export async function tcpProxy(o: { target: string }): Promise<TcpProxy> {
  const targetUrl = o.target.includes('://') ? new URL(o.target) : undefined;
  const target = addressOf(targetUrl === undefined ? `tcp://${o.target}` : o.target);
  const gate: Gate = { open: true, latencyMs: 0, changed: new EventTarget() };
  // In a black hole every connection waits for the change.
  setMaxListeners(0, gate.changed);
  const sockets = new Set<Socket>();
  let mode: ProxyMode = 'pass';
  let server: Server | undefined;

  const accept = (client: Socket): void => {
    track(sockets, client);
    if (mode === 'reset') return void client.resetAndDestroy();
    const upstream = track(sockets, connect({ ...target, allowHalfOpen: true }));
    pump(client, upstream, gate);
    pump(upstream, client, gate);
  };

  server = await listenOn(0, accept);
  const { port } = server.address() as AddressInfo;

  const stopListening = async (): Promise<void> => {
    const closed = new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
    for (const socket of sockets) socket.destroy();
    await closed;
  };

  const setMode = async (next: ProxyMode, options: { latencyMs?: number } = {}): Promise<void> => {
    mode = next;
    gate.open = next !== 'blackhole';
    gate.latencyMs = next === 'latency' ? (options.latencyMs ?? 100) : 0;
    gate.changed.dispatchEvent(new Event('change'));
    if (next === 'reset') for (const socket of sockets) socket.resetAndDestroy();
    if (next === 'refuse') await stopListening();
    else server ??= await listenOn(port, accept);
  };

  return {
    port,
    url: proxiedUrl(targetUrl, port),
    get mode() {
      return mode;
    },
    get connections() {
      return sockets.size / 2;
    },
    setMode,
    cut: () => setMode('refuse'),
    restore: () => setMode('pass'),
    close: stopListening,
  };
}

function track(sockets: Set<Socket>, socket: Socket): Socket {
  sockets.add(socket);
  return socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
}

function listenOn(port: number, accept: (client: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

function proxiedUrl(target: URL | undefined, port: number): string {
  if (target === undefined) return `127.0.0.1:${port}`;
  const { hostname, host } = target;
  const authority = `${target.username === '' ? '' : '@'}${host}`;
  return hostname === '' ? target.href : target.href.replace(authority, authority.replace(host, `127.0.0.1:${port}`));
}
