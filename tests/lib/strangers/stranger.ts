import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { publicKeyMultibase } from '@artdag/claims';
import { send, type SentAnswer } from './send.ts';
import { signByHand, type Headers, type Signing } from './sign-by-hand.ts';

type Json = Record<string, unknown>;

interface KeyPair {
  rsa: KeyObject;
  pem: string;
  ed25519: KeyObject;
  multibase: string;
}

export interface PostOptions {
  tweak?: Partial<Signing>;
  /** Put in the place of headers of the same names, or added, after signing. */
  unsigned?: Headers;
  /** Sent in place of what was signed. */
  sent?: Buffer;
}

/** A small server of the fediverse on loopback, with whatever users it is asked for, that counts what is asked of it. */
export interface Stranger {
  url: string;
  host: string;
  /** Paths that were fetched, in order. */
  fetches: string[];
  /** What came to its inboxes. */
  received: { path: string; json: Json }[];
  /** What answers a GET of that path in place of the actor. */
  answers: Map<string, RequestListener>;
  actor(name: string): string;
  keyId(name: string): string;
  keysOf(name: string): KeyPair;
  /** Gives a user another key under the same keyId. */
  rotate(name: string): void;
  /** An activity of that user's with an id of its own. */
  activity(name: string, fields: Json): Json & { id: string };
  sign(name: string, inbox: string, body: Buffer, tweak?: Partial<Signing>): Headers;
  post(name: string, inbox: string, document: unknown, o?: PostOptions): Promise<SentAnswer>;
  close(): Promise<void>;
}

/** Key pairs cost more than all else here, so all strangers of a process use the same ones. */
const pairs: KeyPair[] = [];

function keyPair(index: number): KeyPair {
  const known = pairs[index];
  if (known !== undefined) return known;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { privateKey: ed25519, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const made = { rsa: rsa.privateKey, pem, ed25519, multibase: publicKeyMultibase(raw) };
  pairs[index] = made;
  return made;
}

const documentOf = (stranger: Stranger, name: string): Json => {
  const id = stranger.actor(name);
  const { pem, multibase } = stranger.keysOf(name);
  return {
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
    ...{ type: 'Person', id, preferredUsername: name, inbox: `${id}/inbox`, outbox: `${id}/outbox` },
    publicKey: { id: stranger.keyId(name), owner: id, publicKeyPem: pem },
    assertionMethod: [{ id: `${id}#ed25519`, type: 'Multikey', controller: id, publicKeyMultibase: multibase }],
  };
};

async function receive(stranger: Stranger, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  stranger.received.push({ path: req.url ?? '', json: JSON.parse(Buffer.concat(chunks).toString()) as Json });
  res.writeHead(202).end();
}

function answer(stranger: Stranger, req: IncomingMessage, res: ServerResponse, names?: readonly string[]): void {
  const path = req.url ?? '';
  if (req.method === 'POST') return void receive(stranger, req, res);
  stranger.fetches.push(path);
  const other = stranger.answers.get(path);
  if (other !== undefined) return other(req, res);
  const name = /^\/users\/([^/]+)$/.exec(path)?.[1];
  if (name === undefined || names?.includes(name) === false) return void res.writeHead(404).end();
  res.setHeader('content-type', 'application/activity+json');
  res.end(JSON.stringify(documentOf(stranger, name)));
}

/**
 * @param address a loopback address of its own, such as 127.0.0.9
 * @param names who exists there; everybody when not given
 */
export async function startStranger(address = '127.0.0.1', names?: readonly string[]): Promise<Stranger> {
  const users = new Map<string, KeyPair>();
  let keysUsed = 0;
  const server = createServer((req, res) => answer(stranger, req, res, names));
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const host = `${address}:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}`;
  const stranger: Stranger = {
    ...{ url, host, fetches: [], received: [], answers: new Map() },
    actor: (name) => `${url}/users/${name}`,
    keyId: (name) => `${url}/users/${name}#main-key`,
    keysOf(name) {
      const keys = users.get(name) ?? keyPair(keysUsed++);
      users.set(name, keys);
      return keys;
    },
    rotate: (name) => void users.set(name, keyPair(keysUsed++)),
    activity: (name, fields) => ({
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${url}/activities/${randomUUID()}`,
      actor: stranger.actor(name),
      ...fields,
    }),
    sign: (name, inbox, body, tweak) =>
      signByHand({
        ...{ scheme: 'draft-cavage', keyId: stranger.keyId(name), privateKey: stranger.keysOf(name).rsa },
        ...{ url: inbox, body },
        ...tweak,
      }),
    post(name, inbox, document, { tweak, unsigned = [], sent } = {}) {
      const body = Buffer.isBuffer(document) ? document : Buffer.from(JSON.stringify(document));
      const replaced = new Set(unsigned.map(([header]) => header));
      const signed = stranger.sign(name, inbox, body, tweak).filter(([header]) => !replaced.has(header));
      return send(inbox, [...signed, ...unsigned], sent ?? body);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return stranger;
}
