import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
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
  const privateKey = createPrivateKey(privateKeyPem);
  if (privateKey.asymmetricKeyType !== kind) {
    throw new Error(`The private key is of type ${String(privateKey.asymmetricKeyType)}, not ${kind}.`);
  }
  return pairOf(privateKey);
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

function pairOf(privateKey: KeyObject): KeyPair {
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return { privateKey, publicKeyPem };
}
