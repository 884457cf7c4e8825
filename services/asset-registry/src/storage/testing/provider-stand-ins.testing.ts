import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderHosts } from '../providers/provider-calls.ts';
import { verifySigV4 } from './sigv4.testing.ts';

export interface SeenCall {
  method: string;
  /** Path and query. */
  target: string;
  body: string;
}

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** What a stand-in does instead of answering as it should. */
export type Misbehaviour = (req: IncomingMessage, res: ServerResponse) => void;

export interface ProviderStandIns {
  url: string;
  /** For `composeStorage`: the providers with an address of their own are here too. */
  hosts: ProviderHosts;
  now: () => Date;
  calls: SeenCall[];
  /** CIDs and what became of them, at the pinning service, Pinata and the IPFS nodes alike. */
  pins: Map<string, 'queued' | 'pinning' | 'pinned' | 'failed'>;
  /** By `bucket/key`, decoded. */
  objects: Map<string, { size: number; etag: string }>;
  /** For every request, while it is set. */
  misbehave: Misbehaviour | undefined;
  /** How long each answer takes. */
  delayMs: number;
  /** How many requests were open at once, at most. */
  mostAtOnce: number;
  close(): Promise<void>;
}

/** What each of them takes, and nothing else. */
export const good = {
  token: 'psa-token-0123456789-abcd',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.pinata.signature-wxyz',
  apiKey: 'pinata-api-key-0123456789',
  apiSecret: 'pinata-secret-0123456789',
  projectId: 'project0123456789',
  projectSecret: 'project-secret-0123456789',
  accessKey: 'AKIDSTANDIN012345678',
  secretKey: 'secret/of+the-bucket-0123456789',
  bucket: 'works',
} as const;

/** Plays every provider on one loopback port, with the checks of credentials that the real ones make. */
export async function startProviders(now: () => Date): Promise<ProviderStandIns> {
  let open = 0;
  const server = createServer((req, res) => {
    open += 1;
    state.mostAtOnce = Math.max(state.mostAtOnce, open);
    res.once('close', () => (open -= 1));
    void handle(state, req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state: ProviderStandIns = {
    ...{ url, now },
    hosts: { pinata: `${url}/pinata`, infura: `${url}/infura`, filebase: `${url}/s3`, storj: `${url}/s3` },
    calls: [],
    pins: new Map(),
    objects: new Map(),
    misbehave: undefined,
    delayMs: 0,
    mostAtOnce: 0,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return state;
}

async function handle(state: ProviderStandIns, req: IncomingMessage, res: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of req.setEncoding('utf8')) body += String(chunk);
  const { method = '', url: target = '' } = req;
  state.calls.push({ method, target, body });
  if (state.misbehave !== undefined) return state.misbehave(req, res);
  if (state.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, state.delayMs));
  const answer = route(state, req, { method, target, body });
  res.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  res.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
}

function route(state: ProviderStandIns, req: IncomingMessage, call: SeenCall): Answer {
  const [, area] = call.target.split('/', 2);
  if (area === 'psa') return pinningService(state, req, call);
  if (area === 'pinata') return pinata(state, req, call);
  if (area === 'api') return kubo(state, req, { ...call, target: `/node${call.target}`, area });
  if (area === 'infura' || area === 'node' || area === 'guarded') return kubo(state, req, { ...call, area });
  if (area === 's3') return bucket(state, req, call);
  return { status: 404 };
}

const query = (target: string): URLSearchParams => new URL(target, 'http://h').searchParams;

/** IPFS Pinning Service API 1.0 */
function pinningService({ pins }: ProviderStandIns, req: IncomingMessage, { method, target, body }: SeenCall): Answer {
  if (req.headers.authorization !== `Bearer ${good.token}`)
    return { status: 401, body: { error: { reason: 'UNAUTHORIZED' } } };
  const shown = (cid: string) => ({
    requestid: `r-${cid}`,
    status: pins.get(cid),
    created: new Date(0),
    pin: { cid },
    delegates: [],
  });
  if (method === 'POST') {
    const { cid } = JSON.parse(body) as { cid: string };
    if (!pins.has(cid)) pins.set(cid, 'queued');
    return { status: 202, body: shown(cid) };
  }
  const wanted = query(target);
  const statuses = (wanted.get('status') ?? 'pinned').split(',');
  const cids = wanted.get('cid')?.split(',');
  const found = [...pins].filter(([cid, status]) => statuses.includes(status) && (cids?.includes(cid) ?? true));
  const limit = Number(wanted.get('limit') ?? 10);
  return { status: 200, body: { count: found.length, results: found.slice(0, limit).map(([cid]) => shown(cid)) } };
}

function pinata({ pins }: ProviderStandIns, { headers }: IncomingMessage, { target, body }: SeenCall): Answer {
  const byKeys = headers['pinata_api_key'] === good.apiKey && headers['pinata_secret_api_key'] === good.apiSecret;
  if (!byKeys && headers.authorization !== `Bearer ${good.jwt}`) return { status: 401, body: { error: 'INVALID' } };
  if (target === '/pinata/data/testAuthentication') return { status: 200, body: { message: 'Congratulations!' } };
  if (target === '/pinata/pinning/pinByHash') {
    const { hashToPin } = JSON.parse(body) as { hashToPin: string };
    if (!pins.has(hashToPin)) pins.set(hashToPin, 'queued');
    return { status: 200, body: { id: 'x', ipfsHash: hashToPin, status: 'prechecking' } };
  }
  const part = query(target).get('hashContains') ?? '';
  const found = [...pins].filter(([cid, status]) => status === 'pinned' && cid.includes(part));
  return {
    status: 200,
    body: { count: found.length, rows: found.map(([cid]) => ({ ipfs_pin_hash: cid, size: cid.length })) },
  };
}

function kubo(state: ProviderStandIns, req: IncomingMessage, call: SeenCall & { area: string }): Answer {
  const basic = `Basic ${Buffer.from(`${good.projectId}:${good.projectSecret}`).toString('base64')}`;
  if (call.area === 'infura' && req.headers.authorization !== basic) return { status: 401 };
  if (call.area === 'guarded' && req.headers.authorization !== `Bearer ${good.token}`) return { status: 403 };
  if (call.method !== 'POST') return { status: 405 };
  const command = call.target.split('?', 1)[0]?.replace(/^\/\w+\/api\/v0\//, '');
  const cid = query(call.target).get('arg') ?? '';
  if (command === 'id') return { status: 200, body: { ID: '12D3' } };
  if (command === 'version') return { status: 200, body: { Version: '0.38.1' } };
  if (command === 'pin/add') {
    state.pins.set(cid, 'pinned');
    return { status: 200, body: { Pins: [cid] } };
  }
  if (command !== 'pin/ls') return { status: 404 };
  return state.pins.get(cid) === 'pinned'
    ? { status: 200, body: { Keys: { [cid]: { Type: 'recursive' } } } }
    : { status: 500, body: { Message: `path '${cid}' is not pinned`, Code: 0, Type: 'error' } };
}

function bucket({ objects, now }: ProviderStandIns, req: IncomingMessage, { method, target }: SeenCall): Answer {
  const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]));
  const secretOf = (key: string) => (key === good.accessKey ? good.secretKey : undefined);
  if (method !== 'HEAD') return { status: 405 };
  if (verifySigV4({ method, target, headers }, { secretOf, now: now() }) === undefined) return { status: 403 };
  const [, , name = '', ...key] = target.split('/').map(decodeURIComponent);
  if (name !== good.bucket) return { status: 404 };
  if (key.length === 0) return { status: 200 };
  const object = objects.get(`${name}/${key.join('/')}`);
  if (object === undefined) return { status: 404 };
  return { status: 200, headers: { 'content-length': String(object.size), etag: `"${object.etag}"` } };
}
