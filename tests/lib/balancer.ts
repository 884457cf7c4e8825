import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One port in front of several servers: each new connection goes to the next one that accepts it. */
export interface Balancer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** @param ports of servers on loopback; they need not be up yet */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  const track = (socket: Socket): Socket => {
    open.add(socket);
    return socket.on('error', () => socket.destroy()).once('close', () => open.delete(socket));
  };
  /** Tries each server once, from the next in turn. */
  const reach = (client: Socket, tries: number): void => {
    if (tries === 0) return void client.destroy();
    const port = ports[turn % ports.length] ?? 0;
    turn += 1;
    const server = track(connect({ host: '127.0.0.1', port, noDelay: true }));
    const refused = (): void => reach(client, tries - 1);
    server.once('error', refused).once('connect', () => {
      server.off('error', refused);
      client.pipe(server).pipe(client);
      client.once('close', () => server.destroy());
      server.once('close', () => client.destroy());
    });
  };
  const listener = createServer({ noDelay: true }, (client) => reach(track(client), ports.length));
  await new Promise<void>((resolve, reject) => listener.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
