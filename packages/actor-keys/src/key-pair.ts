import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { publicKeyMultibase } from '@artdag/claims';

/** RSA-2048 signs HTTP requests and linked data, Ed25519 signs claims. */
export type KeyKind = 'rsa' | 'ed25519';
export const keyKinds: readonly KeyKind[] = ['rsa', 'ed25519'];

/** One half to sign with, and the SPKI PEM of the other. */
export interface KeyPair {
  privateKey: KeyObject;
  publicKeyPem: string;
}

const generate = promisify(generateKeyPair);

/** Makes a pair on the thread pool: an RSA-2048 pair takes some hundred milliseconds, which the event loop has not. */
export async function makeKeyPair(kind: KeyKind): Promise<KeyPair> {
  const { privateKey } =
    kind === 'rsa' ? await generate('rsa', { modulusLength: 2048, publicExponent: 65537 }) : await generate('ed25519');
  return pairOf(privateKey);
}

/**
 * Reads a PKCS#8 PEM private key.
 *
 * @throws Error when the text is no private key, or one of another kind.
 */
export function readKeyPair(privateKeyPem: string, kind: KeyKind): KeyPair {
  return checked(createPrivateKey(privateKeyPem), kind);
}

/**
 * Reads what `privateKeyDer` wrote.
 *
 * @throws Error when the bytes are no private key, or one of another kind
 */
export function readKeyPairDer(der: Buffer, kind: KeyKind): KeyPair {
  return checked(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), kind);
}

/** PKCS#8 DER, unencrypted. */
export function privateKeyDer(privateKey: KeyObject): Buffer {
  return privateKey.export({ type: 'pkcs8', format: 'der' });
}

/** PKCS#8 PEM, unencrypted. */
export function privateKeyPem(privateKey: KeyObject): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** `publicKeyMultibase` of an Ed25519 SPKI PEM (a Multikey's member). */
export function multibaseOf(publicKeyPem: string): string {
  const spki = createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' });
  return publicKeyMultibase(spki.subarray(-32));
}

/** 16 hex characters of SHA-256 over the public key, to name files by. */
export function publicKeyDigest(publicKeyPem: string): string {
  const spki = createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex').slice(0, 16);
}

function checked(privateKey: KeyObject, kind: KeyKind): KeyPair {
  if (privateKey.asymmetricKeyType !== kind) {
    throw new Error(`The private key is of type ${String(privateKey.asymmetricKeyType)}, not ${kind}.`);
  }
  return pairOf(privateKey);
}

function pairOf(privateKey: KeyObject): KeyPair {
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return { privateKey, publicKeyPem };
}
