import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  append,
  attested,
  otsMediaType,
  prepend,
  sha256,
  timestampThrough,
  writeTimestamp,
  type Timestamp,
} from '@artdag/opentimestamps';
import type { ChainStandIn } from './chain-stand-in.testing.ts';

/**
 * - `honest`: promises, and keeps its promises at `anchor()`
 * - `repeats`: answers 200 to every poll, with nothing but its promise
 * - `garbage`: answers 200 with bytes that are no timestamp
 * - `hangs`: never answers
 * - `down`: ends the connection
 * - `failing`: answers 503
 * - `false`: attests at once, to a block that commits to something else
 * - `future`: attests at once, to a block that is years away
 */
export type CalendarMode = 'honest' | 'repeats' | 'garbage' | 'hangs' | 'down' | 'failing' | 'false' | 'future';

/** An OpenTimestamps calendar as otsd is one: `POST /digest`, `GET /timestamp/<commitment>`. */
export interface CalendarStandIn {
  url: string;
  mode: CalendarMode;
  /** Named in its promises; default its own. */
  promisedUrl: string;
  /** Digests that it was sent, as hex. */
  digests: string[];
  /** Commitments that it was asked about, as hex. */
  polls: string[];
  /** Milliseconds before every answer. */
  delayMs: number;
  /** Puts everything that it promised into blocks, one each; resolves to how many. */
  anchor(): number;
  close(): Promise<void>;
}

export async function startCalendarStandIn(chain: ChainStandIn): Promise<CalendarStandIn> {
  const promised = new Map<string, Buffer>();
  const kept = new Map<string, Timestamp>();
  const pending = (message: Uint8Array): Timestamp => attested(message, { kind: 'pending', uri: calendar.promisedUrl });

  const promise = (digest: Buffer): Timestamp => {
    const path = [append(randomBytes(16)), sha256, prepend(randomBytes(4)), append(randomBytes(8))];
    return timestampThrough(digest, path, (commitment) => {
      promised.set(Buffer.from(commitment).toString('hex'), Buffer.from(commitment));
      return pending(commitment);
    });
  };
  const onDigest = (digest: Buffer): Timestamp => {
    calendar.digests.push(digest.toString('hex'));
    if (calendar.mode === 'false') return attested(digest, { kind: 'bitcoin', height: chain.firstHeight });
    if (calendar.mode === 'future') return attested(digest, { kind: 'bitcoin', height: 40_000_000 });
    return promise(digest);
  };
  const onPoll = (hex: string): Timestamp | undefined => {
    calendar.polls.push(hex);
    const commitment = promised.get(hex);
    return calendar.mode === 'repeats' && commitment !== undefined ? pending(commitment) : kept.get(hex);
  };
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await readAll(req);
    const hex = /^\/timestamp\/([0-9a-f]+)$/.exec(req.url ?? '')?.[1];
    const found = hex === undefined ? onDigest(body) : onPoll(hex);
    if (calendar.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, calendar.delayMs));
    if (calendar.mode === 'hangs') return;
    if (calendar.mode === 'down') return void res.destroy();
    if (calendar.mode === 'failing') return void res.writeHead(503).end();
    if (found === undefined) return void res.writeHead(404).end('Pending confirmation in Bitcoin blockchain');
    res.writeHead(200, { 'content-type': otsMediaType });
    res.end(calendar.mode === 'garbage' ? '<html>Welcome to our hotspot!</html>' : writeTimestamp(found));
  };
  const server = createServer((req, res) => void answer(req, res).catch(() => res.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const calendar: CalendarStandIn = {
    ...{ url, mode: 'honest', promisedUrl: url, digests: [], polls: [], delayMs: 0 },
    anchor() {
      const fresh = [...promised].filter(([hex]) => !kept.has(hex));
      for (const [hex, commitment] of fresh) kept.set(hex, putIntoBlock(chain, commitment));
      return fresh.length;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return calendar;
}

/** From the commitment over a transaction and a path of the block's tree to the root of a block that is mined for it. */
function putIntoBlock(chain: ChainStandIn, commitment: Buffer): Timestamp {
  const transaction = [prepend(randomBytes(40)), append(randomBytes(12)), sha256, sha256];
  const path = [append(randomBytes(32)), sha256, sha256, prepend(randomBytes(32)), sha256, sha256];
  return timestampThrough(commitment, [...transaction, ...path], (merkleRoot) =>
    attested(merkleRoot, { kind: 'bitcoin', height: chain.mine(merkleRoot) }),
  );
}

async function readAll(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
