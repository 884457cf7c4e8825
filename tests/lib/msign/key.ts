import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/**
 * A client's key by the specification alone: nothing of @artdag/msign is in here, so that a mistake of ours in it does not agree with itself.
 */
export interface ClientKey {
  privateKey: KeyObject;
  /** 32 bytes. */
  raw: Buffer;
  publicKey: string;
  fingerprint: string;
}

export const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

function clientKey(privateKey: KeyObject): ClientKey {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  const raw = Buffer.from(String(jwk.x), 'base64url');
  return { privateKey, raw, publicKey: raw.toString('base64'), fingerprint: `sha256:${sha256(raw)}` };
}

export const newKey = (): ClientKey => clientKey(generateKeyPairSync('ed25519').privateKey);

/** The key of a seed of 32 bytes in hex. */
export function keyOfSeed(hex: string): ClientKey {
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${hex}`, 'hex');
  return clientKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
}

/** RFC 8032 test key 1, by which the vectors of the specification were made. */
export const vectorKey = keyOfSeed('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');

/** What is signed; every member can be another one than what is sent. */
export interface Signed {
  method: string;
  host: string;
  /** Path and query. */
  target: string;
  ts: number;
  body?: string | Buffer;
}

export function signatureOf(key: ClientKey, { method, host, target, ts, body }: Signed): Buffer {
  const text = ['ed25519', method, host, target, String(ts), `sha256:${sha256(body ?? '')}`].join('\n');
  return sign(null, Buffer.from(text), key.privateKey);
}

export function header(handle: string, ts: number, signature: Buffer | string, more = ''): string {
  const sig = typeof signature === 'string' ? signature : signature.toString('base64url');
  return `MSign handle="${handle}" ts=${ts} sig="${sig}"${more}`;
}

/** The base64 of a challenge token's signed bytes. */
export const answerTo = (key: ClientKey, challenge: string): string =>
  sign(null, Buffer.from(challenge, 'hex'), key.privateKey).toString('base64');
