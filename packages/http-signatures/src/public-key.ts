import { createPublicKey, type KeyObject } from 'node:crypto';
import { SignatureError } from './signature-error.ts';

const publicKeyPem = /^-----BEGIN (RSA )?PUBLIC KEY-----\r?\n[A-Za-z0-9+/=\r\n]+-----END \1?PUBLIC KEY-----$/;
const maxPemLength = 8192;
const [minBits, maxBits] = [2048, 8192];

export interface PublicKey {
  kind: 'rsa' | 'ed25519';
  key: KeyObject;
  /** SubjectPublicKeyInfo, written anew by OpenSSL. */
  pem: string;
  /** Every signature by it has this length. */
  signatureBytes: number;
}

/** Reading costs as much as verifying; busy peers sign by the same few keys. Keys are public, and the text decides alone. */
const known = new Map<string, PublicKey>();
const maxKnown = 500;

/**
 * Reads a stranger's key: RSA of 2048 to 8192 bits, or Ed25519. Throws SignatureError for any other: also for a private key, a certificate, or an
 * exponent that makes verifying slow.
 */
export function readPublicKey(pem: string): PublicKey {
  const remembered = known.get(pem);
  if (remembered !== undefined) return remembered;
  if (pem.length > maxPemLength) throw invalid(`The key is over ${maxPemLength} characters long.`);
  const key = checkedKey(pem.trim());
  const [oldest] = known.keys();
  if (known.size >= maxKnown && oldest !== undefined) known.delete(oldest);
  known.set(pem, key);
  return key;
}

function checkedKey(pem: string): PublicKey {
  const key = parse(pem);
  if (key === undefined) throw invalid('The key is not a public key in PEM.');
  const written = { key, pem: key.export({ type: 'spki', format: 'pem' }).toString() };
  if (key.asymmetricKeyType === 'ed25519') return { kind: 'ed25519', ...written, signatureBytes: 64 };
  if (key.asymmetricKeyType !== 'rsa') throw invalid('The key is neither RSA nor Ed25519.');
  return { kind: 'rsa', ...written, signatureBytes: checkRsa(key) };
}

function checkRsa(key: KeyObject): number {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < minBits || modulusLength > maxBits) {
    throw invalid(`The RSA key has ${modulusLength} bits, wants ${minBits} to ${maxBits}.`);
  }
  if (publicExponent < 3n || publicExponent >= 2n ** 32n) {
    throw invalid('The RSA key has an unusual exponent, wants 65537.');
  }
  return Math.ceil(modulusLength / 8);
}

function parse(pem: string): KeyObject | undefined {
  if (!publicKeyPem.test(pem)) return undefined;
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

function invalid(message: string): SignatureError {
  return new SignatureError('signature_invalid', message);
}
