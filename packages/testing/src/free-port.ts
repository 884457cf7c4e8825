import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * Below what systems give to whoever names none, such as connections to others: none of these takes it before it is used, nor while a server
 * that is killed and started again is away.
 */
const first = 12_000;
const last = 32_000;

/** A TCP port on loopback that was free a moment ago, and that no other process of tests is given as long as this one lives. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, last);
    if ((await isFree(port)) && (await reserve(port))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server
      .once('error', () => resolve(false))
      .once('listening', () => server.close(() => resolve(true)))
      .listen(port, '127.0.0.1');
  });
}

/** By the UDP port of the same number, which is in nobody's way, and free again when this process has ended, however it ends. */
function reserve(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref();
  return new Promise((resolve) => {
    socket
      .once('error', () => {
        socket.close();
        resolve(false);
      })
      .once('listening', () => resolve(true))
      .bind({ port, address: '127.0.0.1', exclusive: true });
  });
}
