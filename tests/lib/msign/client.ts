import { randomUUID } from 'node:crypto';
import { insist } from '../patience.ts';
import { type Answer, bytesOf, type Call, send as sendCall } from '../revocation/http.ts';
import { answerTo, type ClientKey, header, newKey, signatureOf } from './key.ts';

export { type Answer, type Call, closeConnections } from '../revocation/http.ts';

/** One request; what has a body is a POST unless it says otherwise. */
export function send(origin: string, call: Call): Promise<Answer> {
  return sendCall(origin, { ...call, method: call.method ?? (call.body === undefined ? 'GET' : 'POST') });
}

/** Status and code, as a table of refusals has them. */
export const verdict = ({ status, body }: Answer): string =>
  typeof body['code'] === 'string' ? `${status} ${body['code']}` : `${status}`;

/** Where a client signs for, and by which clock. */
export interface Place {
  origin: string;
  /** The host that is signed and sent. */
  host: string;
  now(): Date;
  /** Sent with every request, such as X-Forwarded-For. */
  headers?: Record<string, string>;
}

export interface Client {
  handle: string;
  actorId: string;
  key: ClientKey;
  keyId: string;
}

export const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
export const newHandle = (prefix = 'u'): string => `${prefix}-${randomUUID().slice(0, 12)}`;

/**
 * Signs a call as it is and sends it, and once more, signed anew, while it is answered 503. `signed` says what is signed instead of what is sent.
 */
export function signedCall(
  place: Place,
  who: { handle: string; key: ClientKey },
  call: Call,
  signed: { method?: string; host?: string; target?: string; body?: string; ts?: number; more?: string } = {},
): Promise<Answer> {
  return insist(() => send(place.origin, signedRequest(place, who, call, signed)));
}

/** The same without sending it, to be sent more than once. */
export function signedRequest(
  place: Place,
  who: { handle: string; key: ClientKey },
  call: Call,
  signed: { method?: string; host?: string; target?: string; body?: string; ts?: number; more?: string } = {},
): Call {
  const body = bytesOf(call.body);
  const method = call.method ?? (body === null ? 'GET' : 'POST');
  const ts = signed.ts ?? seconds(place.now());
  const signature = signatureOf(who.key, {
    method: signed.method ?? method,
    host: signed.host ?? place.host,
    target: signed.target ?? call.path,
    ts,
    body: signed.body ?? body ?? '',
  });
  const authorization = header(who.handle, ts, signature, signed.more);
  return { ...call, method, headers: { host: place.host, ...place.headers, authorization, ...call.headers } };
}

const hosted = ({ host, headers }: Place): Record<string, string> => ({ host, ...headers });

/** A challenge for a key. */
export async function challengeFor(place: Place, fingerprint: string): Promise<string> {
  const body = { fingerprint, algorithm: 'ed25519' };
  const answer = await insist(() =>
    send(place.origin, { method: 'POST', path: '/api/auth/challenge', headers: hosted(place), body }),
  );
  if (answer.status !== 200) throw new Error(`POST /api/auth/challenge: ${verdict(answer)}`);
  return String(answer.body['challenge_token']);
}

/** The two proofs of a key: its public half and its answer to a challenge of its own. */
export async function proofOf(place: Place, key: ClientKey) {
  const challenge = await challengeFor(place, key.fingerprint);
  return { challenge_token: challenge, public_key_b64: key.publicKey, signature_b64: answerTo(key, challenge) };
}

/** Makes an identity with a key. */
export async function signUp(place: Place, handle = newHandle(), key = newKey()): Promise<Client> {
  const answer = await insist(async () => {
    const body = { ...(await proofOf(place, key)), handle, label: 'first' };
    return send(place.origin, { path: '/api/auth/verify', headers: hosted(place), body });
  });
  if (answer.status !== 200)
    throw new Error(`POST /api/auth/verify: ${verdict(answer)} ${JSON.stringify(answer.body)}`);
  const made = answer.body as { handle: string; actor_id: string; key: { key_id: string } };
  return { handle: made.handle, actorId: made.actor_id, key, keyId: made.key.key_id };
}

/** Adds a key of the same owner, proved by an old one. */
export async function addKey(place: Place, by: Client, key = newKey()): Promise<Client> {
  const answer = await signedCall(place, by, { path: '/api/auth/keys', body: await proofOf(place, key) });
  if (answer.status !== 201) throw new Error(`POST /api/auth/keys: ${verdict(answer)}`);
  const summary = (answer.body['key'] ?? answer.body) as { key_id: string };
  return { ...by, key, keyId: summary.key_id };
}

let revocations = 0;

/** Asks anew each time: the same text in the same second would be a replay. */
export function revokeKey(place: Place, by: Client, keyId: string): Promise<Answer> {
  revocations += 1;
  return signedCall(place, by, { method: 'DELETE', path: `/api/auth/keys/${by.handle}/${keyId}?n=${revocations}` });
}

/** Makes an agent. @param capabilities default: to read */
export async function newAgent(
  place: Place,
  owner: Client,
  o: { ttlSeconds?: number; capabilities?: string[] } = {},
): Promise<Client> {
  const key = newKey();
  const body = {
    ...(await proofOf(place, key)),
    handle: newHandle('agent'),
    capabilities: o.capabilities ?? ['read:*'],
    ...(o.ttlSeconds === undefined ? {} : { ttl_seconds: o.ttlSeconds }),
  };
  const answer = await signedCall(place, owner, { path: '/api/identities/agent', body });
  if (answer.status !== 201)
    throw new Error(`POST /api/identities/agent: ${verdict(answer)} ${JSON.stringify(answer.body)}`);
  const made = answer.body as { identity: { handle: string; actor_id?: string }; key: { key_id: string } };
  return { handle: made.identity.handle, actorId: String(made.identity.actor_id), key, keyId: made.key.key_id };
}
