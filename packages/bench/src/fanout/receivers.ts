import { createPublicKey, createHash, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Other people's servers, in a process of their own: as many ports as asked for, each a host. Every delivery is counted, and of one in so many
 * the digest and the signature are verified. `POST /control` on the first port takes the senders' keys; `GET /control` tells what came.
 *
 * Arguments: how many hosts, and `hang`, `refuse`, `fail` and `drip` hosts after them.
 */
const [hosts = 1, hanging = 0, refusing = 0, failing = 0, dripping = 0] = process.argv.slice(2).map(Number);
const VERIFY_EVERY = 20;
const DRIP_MS = 1000;

type Behaviour = 'good' | 'hang' | 'refuse' | 'fail' | 'drip';

const keys = new Map<string, string>();
/** How often each activity came to each inbox of a good host. */
const arrivals = new Map<string, number>();
const at = new Map<string, number>();
const seen = { received: 0, verified: 0, wrong: 0, bad: 0 };

function isTrue(req: IncomingMessage, body: Buffer): boolean {
  const parameters = new Map(
    [...String(req.headers['signature']).matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
  const text = (parameters.get('headers') ?? '').split(' ').map((name) => {
    const value = name === '(request-target)' ? `post ${req.url}` : req.headers[name];
    return `${name}: ${String(value)}`;
  });
  const digest = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
  const pem = keys.get(parameters.get('keyId') ?? '');
  if (pem === undefined || digest !== req.headers['digest'] || !parameters.get('headers')?.includes('digest'))
    return false;
  const signature = Buffer.from(parameters.get('signature') ?? '', 'base64');
  return verify('sha256', Buffer.from(text.join('\n')), createPublicKey(pem), signature);
}

function receive(req: IncomingMessage, port: number, body: Buffer): void {
  const text = body.toString('latin1');
  const id = /"id":"([^"]+)"/.exec(text)?.[1] ?? text;
  const key = `${port} ${id}`;
  arrivals.set(key, (arrivals.get(key) ?? 0) + 1);
  at.set(key, Date.now());
  seen.received += 1;
  if (seen.received % VERIFY_EVERY !== 0) return;
  seen.verified += 1;
  if (!isTrue(req, body)) seen.wrong += 1;
}

function control(req: IncomingMessage, body: Buffer): string {
  if (req.method === 'POST') {
    for (const [keyId, pem] of JSON.parse(body.toString()) as [string, string][]) keys.set(keyId, pem);
    return '{}';
  }
  if (req.url === '/control/times') return JSON.stringify([...at.entries()]);
  const repeated = [...arrivals.values()].filter((times) => times > 1).length;
  return JSON.stringify({ ...seen, pairs: arrivals.size, repeated });
}

function start(behaviour: Behaviour): Promise<Server> {
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    const { port } = server.address() as AddressInfo;
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks);
      if (req.url?.startsWith('/control') === true) res.end(control(req, body));
      else if (behaviour === 'good') {
        receive(req, port, body);
        res.writeHead(202).end();
      } else {
        seen.bad += 1;
        if (behaviour === 'fail') res.writeHead(500).end();
        if (behaviour === 'drip') drip(req);
      }
    });
  });
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** The head of an answer, a byte a second. */
function drip(req: IncomingMessage): void {
  const head = 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n';
  let sent = 0;
  const timer = setInterval(() => req.socket.write(head[sent++ % head.length] ?? ''), DRIP_MS);
  req.socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
}

async function startAll(behaviour: Behaviour, count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => start(behaviour)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  // Nobody listens there from now on.
  if (behaviour === 'refuse') for (const server of servers) server.close();
  return ports;
}

const good = await startAll('good', hosts);
const bad = [
  ...(await startAll('hang', hanging)),
  ...(await startAll('refuse', refusing)),
  ...(await startAll('fail', failing)),
  ...(await startAll('drip', dripping)),
];
process.stdout.write(`ready ${JSON.stringify({ good, bad })}\n`);
