import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { blockHash, mineHeader } from '@artdag/testing';

/** A Bitcoin chain of regtest difficulty, and an Esplora that tells of it. */
export interface ChainStandIn {
  url: string;
  /** The height of the first block; those before it are unknown. */
  readonly firstHeight: number;
  readonly tipHeight: number;
  /** A new block with this merkle root; returns its height. */
  mine(merkleRoot: Uint8Array): number;
  /** So many blocks that attest to nothing. */
  mineEmpty(count: number): void;
  /** `down`: answers 503; `lying`: its headers do not show the work they claim. */
  mode: 'up' | 'down' | 'lying';
  calls: number;
  close(): Promise<void>;
}

const firstHeight = 900_000;
const blockSeconds = 600;

export async function startChainStandIn(startTime = 1_770_000_000): Promise<ChainStandIn> {
  const headers: Buffer[] = [];
  const mine = (merkleRoot: Uint8Array): number => {
    const time = startTime + headers.length * blockSeconds;
    const last = headers.at(-1);
    headers.push(mineHeader({ merkleRoot, time, ...(last && { previousHash: blockHash(last) }) }));
    return firstHeight + headers.length - 1;
  };
  const display = (header: Buffer): string => blockHash(header).reverse().toString('hex');
  const answer = (path: string): string | undefined => {
    if (path === '/blocks/tip/height') return String(firstHeight + headers.length - 1);
    const [, what, which, rest] = path.split('/');
    if (what === 'block-height') {
      const header = headers[Number(which) - firstHeight];
      return header && display(header);
    }
    const found = headers.find((header) => display(header) === which);
    return what === 'block' && rest === 'header' ? found?.toString('hex') : undefined;
  };
  const server = createServer((req, res) => {
    chain.calls += 1;
    if (chain.mode === 'down') return void res.writeHead(503).end();
    const text = answer(req.url ?? '');
    if (text === undefined) return void res.writeHead(404).end('Block not found');
    const isHeader = chain.mode === 'lying' && req.url?.endsWith('/header') === true;
    // Another nonce, so another hash.
    return void res.end(isHeader ? `${text.slice(0, -8)}ffffffff` : text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const chain: ChainStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    firstHeight,
    get tipHeight() {
      return firstHeight + headers.length - 1;
    },
    mine,
    mineEmpty(count) {
      for (let i = 0; i < count; i += 1) mine(createHash('sha256').update(`empty ${headers.length}`).digest());
    },
    mode: 'up',
    calls: 0,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  chain.mineEmpty(1);
  return chain;
}
