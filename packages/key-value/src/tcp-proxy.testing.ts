import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * - `pass`: both ways
 * - `blackhole`: connections are accepted, and what either side sends is swallowed
 * - `deaf`: what the client sends arrives, the answers are swallowed
 * - `refuse`: new connections are reset
 */
export type ProxyMode = 'pass' | 'blackhole' | 'deaf' | 'refuse';

export interface TcpProxy {
  port: number;
  setMode(mode: ProxyMode): void;
  /** Resets every open connection. */
  cut(): void;
  close(): Promise<void>;
}

/** A proxy on loopback in front of a server, to make its network fail on command. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let mode: ProxyMode = 'pass';

  function track(socket: Socket): Socket {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  }

  const server = createServer((client) => {
    track(client);
    if (mode === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const upstream = track(connect(target));
    client.on('data', (chunk: Buffer) => mode !== 'blackhole' && upstream.write(chunk));
    upstream.on('data', (chunk: Buffer) => mode === 'pass' && client.write(chunk));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    setMode: (next) => {
      mode = next;
    },
    cut,
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
