import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { publicKeyMultibase } from '@artdag/claims';
import { findFault, keyIdsOf, type Demands } from './demands.testing.ts';
import { send, type RawAnswer } from './http-client.testing.ts';
import { signByHand, type Signing } from './sign.testing.ts';

type Json = Record<string, unknown>;

/** What came to one of the peer's inboxes. */
export interface Arrival {
  path: string;
  url: string;
  headers: IncomingMessage['headers'];
  rawHeaders: string[];
  body: Buffer;
  json: Json;
  at: number;
}

interface User {
  privateKey: KeyObject;
  publicKeyPem: string;
  ed25519: KeyObject;
  multibase: string;
  keyName: string;
  gone: boolean;
}

export interface RemotePeer {
  url: string;
  received: Arrival[];
  /** Paths that were fetched, in order. */
  fetches: string[];
  /** The keyIds of signed fetches that were let in. */
  signers: string[];
  /** The status of the next answer of an inbox (by path), or what tells it once something has come; `hang` never answers. Default 202. */
  answers: Map<string, number | 'hang' | (() => number)>;
  /** What it wants of the signatures of what it gets; who does not meet it is refused. Nothing is looked at by default. */
  demands: Demands | undefined;
  /** Replaces parts of every actor document. */
  documentChanges: Json;
  /** Where WebFinger sends everybody, instead of to the actor. */
  handleLeadsTo: string | undefined;
  actorUrl(name: string): string;
  keyId(name: string): string;
  keyOf(name: string): KeyObject;
  /** The user's Ed25519 key. */
  assertionKeyOf(name: string): { keyId: string; privateKey: KeyObject };
  rotateKey(name: string, keyName?: string): void;
  /** From now on 410. */
  remove(name: string): void;
  activity(name: string, fields: Json): Json & { id: string };
  /** The headers of a signed POST. */
  sign(name: string, inbox: string, body: Buffer, tweak?: Partial<Signing>): Record<string, string>;
  /** Signs and posts; `tweak` changes what is signed, `unsigned` adds or replaces headers afterwards. */
  post(name: string, inbox: string, document: Json | string | Buffer, o?: PostOptions): Promise<RawAnswer>;
  /** Ends all connections, those that hang too. */
  hangUp(): void;
  close(): Promise<void>;
}

export interface PostOptions {
  tweak?: Partial<Signing>;
  unsigned?: [string, string][];
  /** Sent in place of what was signed. */
  body?: Buffer | string;
}

type KeyPair = Pick<User, 'privateKey' | 'publicKeyPem' | 'ed25519' | 'multibase'>;

/** Key pairs cost more than all else here, so all peers of a process use the same ones, in the same order. */
const keyPairs: KeyPair[] = [];

function keyPair(index: number): KeyPair {
  const known = keyPairs[index];
  if (known !== undefined) return known;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ed25519 = generateKeyPairSync('ed25519');
  const raw = Buffer.from(ed25519.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const made = {
    ...{ privateKey, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
    ...{ ed25519: ed25519.privateKey, multibase: publicKeyMultibase(raw) },
  };
  keyPairs[index] = made;
  return made;
}

/** A small fediverse server of the tests' own on loopback: any user it is asked for exists, with an RSA key. */
export async function startRemotePeer(o: { sharedInbox?: boolean } = {}): Promise<RemotePeer> {
  const users = new Map<string, User>();
  let keysUsed = 0;
  const makeUser = (keyName = 'main-key'): User => ({ ...keyPair(keysUsed++), keyName, gone: false });
  const user = (name: string): User => {
    const known = users.get(name) ?? makeUser();
    users.set(name, known);
    return known;
  };
  const server = createServer((req, res) => void handle(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const actorUrl = (name: string): string => `${url}/users/${name}`;

  const actorDocument = (name: string): Json => ({
    '@context': [
      'https://www.w3.org/ns/activitystreams',
      'https://w3id.org/security/v1',
      'https://www.w3.org/ns/cid/v1',
    ],
    type: 'Person',
    id: actorUrl(name),
    preferredUsername: name,
    inbox: `${actorUrl(name)}/inbox`,
    outbox: `${actorUrl(name)}/outbox`,
    ...(o.sharedInbox === true && { endpoints: { sharedInbox: `${url}/inbox` } }),
    publicKey: { id: peer.keyId(name), owner: actorUrl(name), publicKeyPem: user(name).publicKeyPem },
    assertionMethod: [
      {
        ...{ id: peer.assertionKeyOf(name).keyId, type: 'Multikey', controller: actorUrl(name) },
        publicKeyMultibase: user(name).multibase,
      },
    ],
    ...peer.documentChanges,
  });

  /** Nobody is called `nobody`. */
  const answerWebFinger = (res: ServerResponse, path: string): void => {
    const subject = new URL(path, url).searchParams.get('resource') ?? '';
    const name = subject.replace(/^acct:/, '').split('@')[0] ?? '';
    const self = { rel: 'self', type: 'application/activity+json', href: peer.handleLeadsTo ?? actorUrl(name) };
    const links = [{ rel: 'http://webfinger.net/rel/profile-page', type: 'text/html', href: `${url}/@${name}` }, self];
    const status = name === 'nobody' ? 404 : 200;
    res.writeHead(status, { 'content-type': 'application/jrd+json' }).end(JSON.stringify({ subject, links }));
  };

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = req.url ?? '';
    if (req.method === 'POST') return receive(req, res, path);
    peer.fetches.push(path);
    const refusal = await findFault(peer.demands, req, Buffer.alloc(0));
    if (refusal !== undefined) return void res.writeHead(refusal.status, refusal.headers).end();
    peer.signers.push(...keyIdsOf(req));
    if (path.startsWith('/.well-known/webfinger?')) return answerWebFinger(res, path);
    const name = path.split('/')[2] ?? '';
    if (user(name).gone) return void res.writeHead(410).end();
    res.writeHead(200, { 'content-type': 'application/activity+json' }).end(JSON.stringify(actorDocument(name)));
  };

  const receive = async (req: IncomingMessage, res: ServerResponse, path: string): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { headers, rawHeaders } = req;
    const json = JSON.parse(body.toString()) as Json;
    peer.received.push({ path, url: url + path, headers, rawHeaders, body, json, at: Date.now() });
    const refusal = await findFault(peer.demands, req, body);
    if (refusal !== undefined) return void res.writeHead(refusal.status, refusal.headers).end();
    const status = peer.answers.get(path) ?? 202;
    if (status !== 'hang') res.writeHead(typeof status === 'function' ? status() : status).end();
  };

  const peer: RemotePeer = {
    url,
    received: [],
    fetches: [],
    signers: [],
    answers: new Map(),
    demands: undefined,
    documentChanges: {},
    handleLeadsTo: undefined,
    actorUrl,
    keyId: (name) => `${actorUrl(name)}#${user(name).keyName}`,
    keyOf: (name) => user(name).privateKey,
    assertionKeyOf: (name) => ({
      keyId: `${actorUrl(name)}#ed25519-${user(name).keyName}`,
      privateKey: user(name).ed25519,
    }),
    rotateKey: (name, keyName = 'main-key') => void users.set(name, makeUser(keyName)),
    remove: (name) => void users.set(name, { ...user(name), gone: true }),
    activity: (name, fields) => ({
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${url}/activities/${randomUUID()}`,
      actor: actorUrl(name),
      ...fields,
    }),
    sign: (name, url, body, tweak) =>
      signByHand({ keyId: peer.keyId(name), privateKey: peer.keyOf(name), url, body, ...tweak }),
    post(name, inbox, document, { tweak = {}, unsigned = [], body: sent } = {}) {
      const isRaw = typeof document === 'string' || Buffer.isBuffer(document);
      const body = Buffer.from(isRaw ? document : JSON.stringify(document));
      const replaced = new Set(unsigned.map(([header]) => header));
      const signed = Object.entries(peer.sign(name, inbox, body, tweak)).filter(([header]) => !replaced.has(header));
      return send(inbox, { method: 'POST', headers: [...signed, ...unsigned], body: sent ?? body });
    },
    hangUp: () => server.closeAllConnections(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return peer;
}
