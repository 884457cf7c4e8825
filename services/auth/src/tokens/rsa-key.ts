import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose';

/** A published verification key (RFC 7517); no private member ever. */
export interface PublicTokenJwk {
  kty: 'RSA';
  use: 'sig';
  alg: 'RS256';
  kid: string;
  n: string;
  e: string;
}

export interface RingKey {
  /** RFC 7638 thumbprint. */
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  publicJwk: PublicTokenJwk;
}

const generate = promisify(generateKeyPair);

export async function newRsaKey(): Promise<KeyObject> {
  return (await generate('rsa', { modulusLength: 2048, publicExponent: 65537 })).privateKey;
}

export async function thumbprintOf(privateKey: KeyObject): Promise<string> {
  return await calculateJwkThumbprint({ kty: 'RSA', ...rsaMembers(createPublicKey(privateKey)) }, 'sha256');
}

export function ringKeyOf(kid: string, privateKey: KeyObject): RingKey {
  const publicKey = createPublicKey(privateKey);
  return {
    kid,
    privateKey,
    publicKey,
    publicJwk: { kty: 'RSA', use: 'sig', alg: 'RS256', kid, ...rsaMembers(publicKey) },
  };
}

export function rsaMembers(publicKey: KeyObject): { n: string; e: string } {
  const { n, e } = publicKey.export({ format: 'jwk' });
  if (n === undefined || e === undefined) throw new Error('Not an RSA key.');
  return { n, e };
}
