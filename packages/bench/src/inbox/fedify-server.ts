import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFederation, InProcessMessageQueue, MemoryKvStore } from '@fedify/fedify';
import { Activity, Person } from '@fedify/vocab';

/*
 * The other side: Fedify as it ships, with its store and queue in memory, and one actor. Its listener does nothing but count, which `GET /count` tells.
 */

let processed = 0;

function createReceiver(origin: string) {
  const federation = createFederation<undefined>({
    kv: new MemoryKvStore(),
    queue: new InProcessMessageQueue(),
    origin,
    allowPrivateAddress: true,
  });
  federation.setActorDispatcher('/users/{identifier}', (ctx, identifier) =>
    identifier === 'bench'
      ? new Person({
          id: ctx.getActorUri(identifier),
          inbox: ctx.getInboxUri(identifier),
          preferredUsername: identifier,
        })
      : null,
  );
  federation.setInboxListeners('/users/{identifier}/inbox', '/inbox').on(Activity, () => {
    processed += 1;
  });
  return federation;
}

async function toRequest(req: IncomingMessage, origin: string): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const headers = new Headers();
  for (let i = 0; i < req.rawHeaders.length; i += 2)
    headers.append(req.rawHeaders[i] ?? '', req.rawHeaders[i + 1] ?? '');
  const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
  return new Request(new URL(req.url ?? '', origin), { method: req.method ?? 'GET', headers, ...body });
}

let receiver: ReturnType<typeof createReceiver> | undefined;
let origin = '';
const server = createServer((req, res) => {
  void (async () => {
    if (req.url === '/count') return res.end(String(processed));
    if (receiver === undefined) return res.writeHead(503).end();
    const answer = await receiver.fetch(await toRequest(req, origin), { contextData: undefined });
    return res.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
  })().catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    res.writeHead(500).end();
  });
});
server.listen(0, '127.0.0.1', () => {
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  receiver = createReceiver(origin);
  process.stdout.write(`ready ${origin}\n`);
});
