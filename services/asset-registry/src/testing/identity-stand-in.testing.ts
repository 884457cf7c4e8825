import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAssertionVerifier } from '@artdag/actor-context';
import { publicKeyMultibase } from '@artdag/claims';
import type { Logger } from '@artdag/service-kit';

interface Key {
  keyId: string;
  privateKey: KeyObject;
  /** 32 bytes. */
  publicKey: Buffer;
}

export interface IdentityStandIn {
  url: string;
  /** How many items each signing call had, the log's checkpoints left out, as they come by the clock. */
  batches: number[];
  lookUps: number;
  /** `down` answers 503, `hang` not at all, `slow` after 300 ms. */
  mode: 'up' | 'down' | 'hang' | 'slow';
  /** Whose accounts have ended: farewells alone are signed. */
  disabled: Set<string>;
  /** Nothing is signed for them. */
  silenced: Set<string>;
  keyOf(actorId: string): Key;
  /** Gives the actor another key; signs with none of the former ones any more. */
  rotate(actorId: string): Key;
  /** How many of the next signing calls find their actors' keys rotated since they were looked up. */
  rotationsBeforeSigning: number;
  /** Every key that ever was, by its id. */
  everyKey: Map<string, Key>;
  close(): Promise<void>;
}

const slowMs = 300;
const logActor = 'service:log';

/** Plays identity: real Ed25519 keys, the two routes that this service calls, and the check of who calls. */
export async function startIdentityStandIn(o: {
  authUrl: string;
  publicUrl: string;
  logger: Logger;
}): Promise<IdentityStandIn> {
  const verifier = createAssertionVerifier({ service: 'identity', authUrl: o.authUrl, logger: o.logger });
  const keys = new Map<string, Key>();
  const everyKey = new Map<string, Key>();
  const makeKey = (actorId: string): Key => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const n = Number(/-(\d+)$/.exec(keys.get(actorId)?.keyId ?? '-0')?.[1] ?? 1) + 1;
    const owner = actorId === logActor ? 'log' : `users/${usernameOf(actorId)}`;
    const keyId = `${o.publicUrl}/${owner}#ed25519-key${n > 1 ? `-${n}` : ''}`;
    const key = { keyId, privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(12) };
    keys.set(actorId, key);
    everyKey.set(keyId, key);
    return key;
  };
  const server = createServer((req, res) => {
    void answer(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
  });
  const state: IdentityStandIn = {
    url: '',
    batches: [],
    lookUps: 0,
    mode: 'up',
    disabled: new Set(),
    silenced: new Set(),
    keyOf: (actorId) => keys.get(actorId) ?? makeKey(actorId),
    rotate: makeKey,
    rotationsBeforeSigning: 0,
    everyKey,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { actor } = await verifier.verify(String(req.headers['x-actor-assertion']));
    if (actor.actor_id !== 'service:asset-registry') return void res.writeHead(403).end();
    const body = await readAll(req);
    if (state.mode === 'hang') return;
    if (state.mode === 'down') return void res.writeHead(503).end('{}');
    if (state.mode === 'slow') await new Promise((resolve) => setTimeout(resolve, slowMs));
    const reply = req.method === 'POST' ? signAll(state, body) : keySet(state, req.url ?? '');
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

interface Item {
  actor_id: string;
  key: string;
  key_id: string;
  data: string;
  farewell?: boolean;
}

function signAll(state: IdentityStandIn, body: string): object {
  const { items } = JSON.parse(body) as { items: Item[] };
  const claimants = items.map((item) => item.actor_id).filter((actorId) => actorId !== logActor);
  if (claimants.length > 0) state.batches.push(claimants.length);
  if (claimants.length > 0 && state.rotationsBeforeSigning > 0) {
    state.rotationsBeforeSigning -= 1;
    for (const actorId of new Set(claimants)) state.rotate(actorId);
  }
  return { signatures: items.map((item) => signOne(state, item)) };
}

function signOne(state: IdentityStandIn, item: Item): object {
  const key = state.keyOf(item.actor_id);
  const ended = state.disabled.has(item.actor_id) && item.farewell !== true;
  if (ended || state.silenced.has(item.actor_id)) {
    return { error: { status: 403, code: 'actor_disabled', detail: '' } };
  }
  if (item.key_id !== key.keyId) {
    return { error: { status: 409, code: 'key_changed', detail: '', key_id: key.keyId } };
  }
  const signature = sign(null, Buffer.from(item.data, 'base64'), key.privateKey);
  return { key_id: key.keyId, alg: 'ed25519', signature: signature.toString('base64') };
}

function keySet(state: IdentityStandIn, url: string): object {
  const actorId = decodeURIComponent(new URL(url, 'http://h').pathname.split('/').at(-1) ?? '');
  if (actorId !== logActor) state.lookUps += 1;
  const { keyId } = state.keyOf(actorId);
  const [owner = ''] = keyId.split('#');
  const keys = [...state.everyKey.values()].filter((key) => key.keyId.startsWith(`${owner}#`));
  return {
    actor_id: actorId,
    username: usernameOf(actorId),
    version: keys.length,
    keys: keys.map((key) => ({
      key_id: key.keyId,
      kind: 'ed25519',
      status: key.keyId === keyId ? 'primary' : 'retired',
      public_key_pem: '',
      public_key_multibase: publicKeyMultibase(key.publicKey),
    })),
  };
}

/** `user:giles` is giles. */
export function usernameOf(actorId: string): string {
  return actorId.split(':')[1] ?? '';
}

async function readAll(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req.setEncoding('utf8')) text += String(chunk);
  return text;
}
