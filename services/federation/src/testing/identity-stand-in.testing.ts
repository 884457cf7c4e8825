import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { publicKeyMultibase } from '@artdag/claims';
import type { ActorKey } from '../actors/actor-keys.ts';

interface Keys {
  rsa: KeyObject;
  ed25519: KeyObject;
  username: string;
  version: number;
  keys: ActorKey[];
}

/** identity with real keys, in memory, and nothing else of it. */
export interface IdentityStandIn {
  url: string;
  /** While true, everything answers 503. */
  down: boolean;
  /** Awaited before anything is signed; tests keep signatures waiting by it. */
  beforeSigning: () => Promise<void>;
  /** Actors that are disabled or deleted: only farewells are signed for them. */
  ended: Set<string>;
  /** Sizes of the batches that were signed. */
  batches: number[];
  /** What it answers about profiles, by the actor's id. */
  profiles: Map<string, object>;
  /** Makes an actor's keys, or new ones. */
  addActor(actorId: string, apId: string): Keys;
  /** Makes new keys of an actor that has some; the former ones stay among them. */
  rotate(actorId: string, former?: 'retired' | 'compromised'): Keys;
  keysOf(actorId: string): Keys | undefined;
  close(): Promise<void>;
}

function makeKeys(apId: string, version: number): Keys {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ed25519 = generateKeyPairSync('ed25519');
  const suffix = version === 1 ? '' : `-${version}`;
  const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
  const raw = Buffer.from(ed25519.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const keys: ActorKey[] = [
    { key_id: `${apId}#main-key${suffix}`, kind: 'rsa', status: 'primary', public_key_pem: pem(rsa.publicKey) },
    {
      key_id: `${apId}#ed25519-key${suffix}`,
      kind: 'ed25519',
      status: 'primary',
      public_key_pem: pem(ed25519.publicKey),
      public_key_multibase: publicKeyMultibase(raw),
    },
  ];
  return { rsa: rsa.privateKey, ed25519: ed25519.privateKey, username: apId.split('/').at(-1) ?? '', version, keys };
}

export async function startIdentityStandIn(): Promise<IdentityStandIn> {
  const actors = new Map<string, Keys>();

  const signItem = (item: { actor_id: string; key_id: string; data: string; farewell?: boolean }): object => {
    const known = actors.get(item.actor_id);
    if (known === undefined) return { error: { status: 404, code: 'unknown_actor', detail: 'unknown' } };
    if (standIn.ended.has(item.actor_id) && item.farewell !== true) {
      return { error: { status: 403, code: 'actor_disabled', detail: 'ended' } };
    }
    const key = known.keys.find(({ kind, status }) => kind === 'rsa' && status === 'primary');
    if (key?.key_id !== item.key_id) {
      return { error: { status: 409, code: 'key_changed', detail: 'changed', key_id: key?.key_id } };
    }
    const signature = sign('sha256', Buffer.from(item.data, 'base64'), known.rsa).toString('base64');
    return { key_id: key.key_id, alg: 'rsa-v1_5-sha256', signature };
  };

  const answer = async (req: IncomingMessage): Promise<[number, object]> => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    if (standIn.down || req.headers['x-actor-assertion'] === undefined) return [503, { detail: 'down' }];
    if (req.url === '/internal/sign') {
      const { items } = JSON.parse(Buffer.concat(chunks).toString()) as { items: Parameters<typeof signItem>[0][] };
      standIn.batches.push(items.length);
      await standIn.beforeSigning();
      return [200, { signatures: items.map(signItem) }];
    }
    const actorId = decodeURIComponent(req.url?.split('/').at(-1) ?? '');
    const profile = standIn.profiles.get(actorId);
    if (req.url?.startsWith('/internal/identity/profiles/') === true) {
      return profile === undefined ? [404, { detail: 'unknown' }] : [200, profile];
    }
    const known = actors.get(actorId);
    if (known === undefined) return [404, { detail: 'unknown' }];
    const { username, version, keys } = known;
    return [200, { actor_id: actorId, username, version, keys }];
  };

  const server = createServer((req, res) => {
    void answer(req).then(([status, body]) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: IdentityStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    down: false,
    beforeSigning: async () => {},
    ended: new Set(),
    batches: [],
    profiles: new Map(),
    addActor(actorId, apId) {
      const made = makeKeys(apId, (actors.get(actorId)?.version ?? 0) + 1);
      actors.set(actorId, made);
      return made;
    },
    rotate(actorId, former = 'retired') {
      const before = actors.get(actorId)?.keys ?? [];
      const made = standIn.addActor(actorId, before[0]?.key_id.split('#')[0] ?? '');
      const ended = before.map((key) => (key.status === 'primary' ? { ...key, status: former } : key));
      made.keys = [...ended, ...made.keys];
      return made;
    },
    keysOf: (actorId) => actors.get(actorId),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}
