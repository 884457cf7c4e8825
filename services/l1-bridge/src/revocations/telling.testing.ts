import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function bodyOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** identity with the instance's RSA key, and nothing else of it. */
export interface IdentityStandIn {
  url: string;
  /** While true, everything answers 503. */
  down: boolean;
  /** Sizes of the batches that were signed. */
  batches: number[];
  /** Another key signs from now on. */
  rotate(): void;
  publicKey(keyId: string): KeyObject | undefined;
  close(): Promise<void>;
}

export async function startIdentity(origin: string): Promise<IdentityStandIn> {
  const keys = new Map<string, ReturnType<typeof newKey>>();
  const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const present = (): string => [...keys.keys()].at(-1) ?? '';
  const signItem = ({ key_id: keyId, data }: { key_id: string; data: string }): object => {
    if (keyId !== present()) return { error: { status: 409, code: 'key_changed', key_id: present() } };
    const key = keys.get(keyId)?.privateKey;
    return key === undefined ? {} : { signature: sign('sha256', Buffer.from(data, 'base64'), key).toString('base64') };
  };
  const answer = async (req: IncomingMessage): Promise<[number, object]> => {
    const body = await bodyOf(req);
    if (standIn.down || req.headers['x-actor-assertion'] === undefined) return [503, {}];
    if (req.url === '/internal/sign') {
      const { items } = JSON.parse(body.toString()) as { items: Parameters<typeof signItem>[0][] };
      standIn.batches.push(items.length);
      return [200, { signatures: items.map(signItem) }];
    }
    if (req.url !== '/internal/identity/actor-keys/service%3Ainstance') return [404, {}];
    return [200, { version: keys.size, keys: [{ key_id: present(), kind: 'rsa', status: 'primary' }] }];
  };
  const server = createServer((req, res) => {
    void answer(req).then(([status, body]) => res.writeHead(status).end(JSON.stringify(body)));
  });
  const standIn: IdentityStandIn = {
    url: await listen(server),
    down: false,
    batches: [],
    rotate: () => void keys.set(`${origin}/actor#main-key${keys.size === 0 ? '' : `-${keys.size + 1}`}`, newKey()),
    publicKey: (keyId) => keys.get(keyId)?.publicKey,
    close: () => close(server),
  };
  standIn.rotate();
  return standIn;
}

export interface Received {
  path: string;
  json: Record<string, unknown>;
  /** The key that signed, by draft-cavage; undefined when the signature does not hold. */
  keyId: string | undefined;
  scheme: 'draft-cavage' | 'rfc9421';
}

type Answer = (req: IncomingMessage, res: ServerResponse) => void;

/** An L1 that writes down what it was told, and answers as a test wants. */
export interface FakeL1 {
  url: string;
  received: Received[];
  answer: Answer;
  close(): Promise<void>;
}

export const withStatus =
  (status: number): Answer =>
  (_req, res) =>
    void res.writeHead(status).end('{}');

export async function startL1(identity: IdentityStandIn): Promise<FakeL1> {
  const take = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await bodyOf(req);
    const scheme = req.headers['signature-input'] === undefined ? 'draft-cavage' : 'rfc9421';
    const keyId = scheme === 'rfc9421' ? undefined : signerOf(req, identity);
    l1.received.push({ path: req.url ?? '', json: JSON.parse(body.toString()) as Received['json'], keyId, scheme });
    l1.answer(req, res);
  };
  const server = createServer((req, res) => void take(req, res));
  const l1: FakeL1 = {
    url: await listen(server),
    received: [],
    answer: withStatus(200),
    close: () => close(server),
  };
  return l1;
}

/** By hand, as an L1 without our library would. */
function signerOf(req: IncomingMessage, identity: IdentityStandIn): string | undefined {
  const header = String(req.headers['signature']);
  const parameter = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? '';
  const names = parameter('headers').split(' ');
  if (!['(request-target)', 'host', 'date', 'digest'].every((name) => names.includes(name))) return undefined;
  const line = (name: string): string =>
    name === '(request-target)' ? `${name}: post ${req.url}` : `${name}: ${String(req.headers[name])}`;
  const keyId = parameter('keyId');
  const key = identity.publicKey(keyId);
  const text = Buffer.from(names.map(line).join('\n'));
  const holds = key !== undefined && verify('sha256', text, key, Buffer.from(parameter('signature'), 'base64'));
  return holds ? keyId : undefined;
}
