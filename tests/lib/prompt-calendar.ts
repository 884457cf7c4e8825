import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  append,
  attested,
  otsMediaType,
  prepend,
  sha256,
  timestampThrough,
  writeTimestamp,
} from '@artdag/opentimestamps';
import type { ChainStandIn } from '../../services/asset-registry/src/anchors/testing/chain-stand-in.testing.ts';

/** A calendar that puts what it is given into a block at once, with blocks on top of it. */
export async function startPromptCalendar(chain: ChainStandIn): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((req, res) => {
    void buffer(req).then((digest) => {
      const path = [append(randomBytes(16)), sha256, prepend(randomBytes(4)), sha256];
      const timestamp = timestampThrough(digest, path, (root) => {
        const height = chain.mine(root);
        chain.mineEmpty(8);
        return attested(root, { kind: 'bitcoin', height });
      });
      res.writeHead(200, { 'content-type': otsMediaType }).end(writeTimestamp(timestamp));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
