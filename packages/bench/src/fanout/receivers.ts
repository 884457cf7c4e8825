import { createPublicKey, createHash, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { createRequestReader, type Delivered } from './request-reader.ts';

/**
 * Other people's servers, in a process of their own: as many ports as asked for, each a host. Every delivery is counted, and of one in so many
 * the digest and the signature are verified. `POST /control` on a port of its own takes the senders' keys; `GET /control` tells what came.
 *
 * Arguments: how many hosts, and `hang`, `refuse`, `fail` and `drip` hosts after them.
 */
const [hosts = 1, hanging = 0, refusing = 0, failing = 0, dripping = 0] = process.argv.slice(2).map(Number);
const VERIFY_EVERY = 20;
const DRIP_MS = 1000;

type Misbehaviour = 'hang' | 'refuse' | 'fail' | 'drip';

const keys = new Map<string, string>();
/** When each activity came to each inbox of a good host, first. */
const arrivals = new Map<string, number>();
const seen = { received: 0, verified: 0, wrong: 0, bad: 0, repeated: 0 };

function isTrue({ target, headers, body }: Delivered): boolean {
  const parameters = new Map(
    [...String(headers.get('signature')).matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
  const text = (parameters.get('headers') ?? '').split(' ').map((name) => {
    const value = name === '(request-target)' ? `post ${target}` : headers.get(name);
    return `${name}: ${String(value)}`;
  });
  const digest = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
  const pem = keys.get(parameters.get('keyId') ?? '');
  if (pem === undefined || digest !== headers.get('digest') || !parameters.get('headers')?.includes('digest'))
    return false;
  const signature = Buffer.from(parameters.get('signature') ?? '', 'base64');
  return verify('sha256', Buffer.from(text.join('\n')), createPublicKey(pem), signature);
}

function receive(delivered: Delivered, port: number): void {
  const text = delivered.body.toString('latin1');
  const id = /"id":"([^"]+)"/.exec(text)?.[1] ?? text;
  const key = `${port} ${id}`;
  if (arrivals.has(key)) seen.repeated += 1;
  else arrivals.set(key, Date.now());
  seen.received += 1;
  if (seen.received % VERIFY_EVERY !== 0) return;
  seen.verified += 1;
  if (!isTrue(delivered)) seen.wrong += 1;
}

function answer(req: IncomingMessage, body: Buffer): string {
  if (req.method === 'POST') {
    for (const [keyId, pem] of JSON.parse(body.toString()) as [string, string][]) keys.set(keyId, pem);
    return '{}';
  }
  if (req.url === '/control/times') return JSON.stringify([...arrivals.entries()]);
  return JSON.stringify({ ...seen, pairs: arrivals.size });
}

const ACCEPTED = 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n';

/** No server of node:http: that would cost the machine as much per delivery as signing it does, and what is measured is the sending side. */
function startGood(): TcpServer {
  const server = createTcpServer({ noDelay: true }, (socket: Socket) => {
    const { port } = server.address() as AddressInfo;
    const read = createRequestReader((delivered) => {
      receive(delivered, port);
      socket.write(ACCEPTED);
    });
    socket.on('data', read).on('error', () => undefined);
  });
  return server;
}

function startHttp(handle: (req: IncomingMessage, body: Buffer) => string | number | undefined): Server {
  return createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const made = handle(req, Buffer.concat(chunks));
      if (typeof made === 'string') res.end(made);
      else if (made !== undefined) res.writeHead(made).end();
    });
  });
}

/** What a bad host does once a delivery has come; without a status it never answers. */
function misbehave(behaviour: Misbehaviour, req: IncomingMessage): number | undefined {
  seen.bad += 1;
  if (behaviour === 'drip') drip(req);
  return behaviour === 'fail' ? 500 : undefined;
}

/** The head of an answer, a byte a second. */
function drip(req: IncomingMessage): void {
  let sent = 0;
  const timer = setInterval(() => req.socket.write(ACCEPTED[sent++ % ACCEPTED.length] ?? ''), DRIP_MS);
  req.socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
}

async function listen(server: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return (server.address() as AddressInfo).port;
}

async function startBad(behaviour: Misbehaviour, count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => startHttp((req) => misbehave(behaviour, req)));
  const ports = await Promise.all(servers.map(listen));
  // Nobody listens there from now on.
  if (behaviour === 'refuse') for (const server of servers) server.close();
  return ports;
}

const good = await Promise.all(Array.from({ length: hosts }, () => listen(startGood())));
const bad = [
  ...(await startBad('hang', hanging)),
  ...(await startBad('refuse', refusing)),
  ...(await startBad('fail', failing)),
  ...(await startBad('drip', dripping)),
];
const control = await listen(startHttp(answer));
process.stdout.write(`ready ${JSON.stringify({ good, bad, control })}\n`);
