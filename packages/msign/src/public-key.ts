import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** Bytes of an Ed25519 public key and of a signature (RFC 8032). */
export const publicKeyBytes = 32;
export const signatureBytes = 64;

/** SPKI around 32 raw bytes (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** @param raw 32 bytes */
export function publicKeyFromBytes(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
}

/** The 32 bytes of a key, or of a private key's public half. */
export function rawPublicKey(key: KeyObject): Buffer {
  const half = key.type === 'public' ? key : createPublicKey(key);
  return half.export({ format: 'der', type: 'spki' }).subarray(-publicKeyBytes);
}

export function verifySignature(key: KeyObject, text: string | Buffer, signature: Buffer): boolean {
  return signature.length === signatureBytes && verify(null, Buffer.from(text), key, signature);
}

const p = 2n ** 255n - 19n;

/** The y coordinates of the points of small order: a key made of one accepts signatures that nobody made. */
const smallOrder: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  p - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);

/** Whether a public key is a point of small order, or not in its one encoding (RFC 8032 §5.1.3): nobody holds a private half of it. */
export function isWeakKey(raw: Buffer): boolean {
  const bigEndian = Buffer.from(raw).reverse();
  bigEndian[0] = (bigEndian[0] ?? 0) & 0x7f;
  const y = BigInt(`0x${bigEndian.toString('hex')}`);
  return y >= p || smallOrder.has(y);
}
