import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type L1Behaviour = 'good' | 'hanging' | 'refusing' | 'failing';

/** What an L1 was told. */
export interface L1Call {
  l1: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  jti: string | undefined;
  /** Of `performance.now()`. */
  at: number;
}

export interface L1Farm {
  /** Addresses, by how they behaved at the beginning. */
  urls: Record<L1Behaviour, string[]>;
  all: string[];
  /** What came to whom, whether or not it was answered. */
  calls: L1Call[];
  /** Called for each of `calls`, as it comes. */
  onCall: (call: L1Call) => void;
  /** Changes its mind. */
  become(l1: string, behaviour: L1Behaviour): Promise<void>;
  close(): Promise<void>;
}

interface Place {
  behaviour: L1Behaviour;
  server: Server | undefined;
}

/** Nobody listens there, unless we do: the same port on 127.0.0.1 is taken by one of ours. */
const REFUSING_HOST = '127.0.0.7';

/** L1s of this process that write down what they are told, and answer 200, never, not even the connection, or 500. */
export async function startL1Farm(counts: Record<L1Behaviour, number>): Promise<L1Farm> {
  const places = new Map<string, Place>();
  const holders: Server[] = [];
  const urls: L1Farm['urls'] = { good: [], hanging: [], refusing: [], failing: [] };
  const farm: L1Farm = {
    urls,
    all: [],
    calls: [],
    onCall: () => undefined,
    async become(l1, behaviour) {
      const place = places.get(l1);
      if (place === undefined) throw new Error(`${l1} is none of the farm`);
      place.behaviour = behaviour;
      if (behaviour === 'refusing') return await end(place);
      const { hostname, port } = new URL(l1);
      place.server ??= await listen(createServer(answerOf(l1, place)), Number(port), hostname);
    },
    async close() {
      await Promise.all([...places.values(), ...holders.map((server) => ({ server }))].map(end));
    },
  };

  const answerOf =
    (l1: string, place: Place): RequestListener =>
    (req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        const body = Buffer.concat(chunks);
        const jti = /"jti":"([^"]+)"/.exec(body.toString())?.[1];
        const call = { l1, path: req.url ?? '', headers: req.headers, body, jti, at: performance.now() };
        farm.calls.push(call);
        farm.onCall(call);
        if (place.behaviour !== 'hanging') res.writeHead(place.behaviour === 'failing' ? 500 : 200).end('{}');
      });
    };

  for (const [behaviour, count] of Object.entries(counts) as [L1Behaviour, number][]) {
    for (let i = 0; i < count; i += 1) {
      const holder = await listen(createServer(), 0, '127.0.0.1');
      const { port } = holder.address() as AddressInfo;
      const isRefusing = behaviour === 'refusing';
      const url = `http://${isRefusing ? REFUSING_HOST : '127.0.0.1'}:${port}`;
      const place: Place = { behaviour, server: isRefusing ? undefined : holder };
      if (isRefusing) holders.push(holder);
      else holder.on('request', answerOf(url, place));
      places.set(url, place);
      urls[behaviour].push(url);
      farm.all.push(url);
    }
  }
  return farm;
}

async function listen(server: Server, port: number, host: string): Promise<Server> {
  server.keepAliveTimeout = 60_000;
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function end(place: { server: Server | undefined }): Promise<void> {
  const { server } = place;
  place.server = undefined;
  if (server === undefined) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
