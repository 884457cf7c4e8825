/** `npm run l1-example`: a rendering server at http://localhost:8100 for an L2 at http://localhost:8200. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { createExample } from './app.ts';
import { loadConfig } from './config.ts';

const config = loadConfig(process.env);
const redis =
  config.redisUrl === undefined
    ? undefined
    : new Redis(config.redisUrl, { commandTimeout: 1000, maxRetriesPerRequest: 1 });
redis?.on('error', (error: Error) => process.stderr.write(`Redis: ${error.message}\n`));

const server = createServer();
server.listen(config.port, config.host, () => {
  const { port } = server.address() as AddressInfo;
  const publicUrl = config.port === 0 ? `http://localhost:${port}` : config.publicUrl;
  server.on('request', createExample({ ...config, publicUrl }, redis));
  process.stdout.write(`The example L1 is ready at ${publicUrl}, for ${config.l2Servers.join(', ')}\n`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
    redis?.disconnect();
  });
}
