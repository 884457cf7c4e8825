import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { fingerprintOf, rawPublicKey } from '@artdag/msign';

/** Somebody who signs requests with a key of their own. */
export interface SigningIdentity {
  handle: string;
  actorId: string;
  privateKey: KeyObject;
  /** Base64 of the 32 raw bytes. */
  publicKey: string;
}

async function post(origin: string, path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`POST ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

async function newIdentity(origin: string): Promise<SigningIdentity> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const raw = rawPublicKey(privateKey);
  const publicKey = raw.toString('base64');
  const asked = { fingerprint: fingerprintOf(raw), algorithm: 'ed25519' };
  const { challenge_token: challenge } = await post(origin, '/api/auth/challenge', asked);
  const handle = `bench-${randomUUID().slice(0, 8)}`;
  const made = await post(origin, '/api/auth/verify', {
    challenge_token: challenge,
    public_key_b64: publicKey,
    signature_b64: sign(null, Buffer.from(String(challenge), 'hex'), privateKey).toString('base64'),
    handle,
  });
  return { handle, actorId: String(made['actor_id']), privateKey, publicKey };
}

/** So many identities with a key each, made through the API. */
export async function makeIdentities(origin: string, count: number): Promise<SigningIdentity[]> {
  const made: SigningIdentity[] = [];
  const worker = async (): Promise<void> => {
    while (made.length < count) made.push(await newIdentity(origin));
  };
  await Promise.all([worker(), worker()]);
  return made.slice(0, count);
}
