import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below what systems give to whoever names none, such as connections to others: none of these takes it before it is used, nor while a server
 * that is killed and started again is away.
 */
const first = 12_000;
const last = 32_000;

/** A TCP port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, last);
    if (await isFree(port)) return port;
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
