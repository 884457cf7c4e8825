import type { KeyObject } from 'node:crypto';
import { decodeBase64, fingerprintOf, isWeakKey, publicKeyFromBytes } from '@artdag/msign';
import { AppError } from '@artdag/service-kit';
import { badEncoding } from './refusals.ts';

/** Bytes of an Ed25519 public key (RFC 8032). */
const publicKeyBytes = 32;

export interface PresentedKey {
  /** The raw bytes. */
  raw: Buffer;
  fingerprint: string;
  key: KeyObject;
}

/**
 * The Ed25519 public key that a client sent.
 *
 * @param base64 standard or url-safe, padded or not
 * @throws AppError 400 `bad_encoding`, `bad_key_size`, `weak_key`
 */
export function readPublicKey(base64: string): PresentedKey {
  const raw = decodeBase64(base64);
  if (raw === undefined) throw badEncoding('public_key_b64');
  if (raw.length !== publicKeyBytes) {
    const message = `public_key_b64 holds ${raw.length} bytes; an ed25519 key has ${publicKeyBytes}, without any wrapping.`;
    throw new AppError('bad_key_size', 400, message);
  }
  if (isWeakKey(raw)) {
    throw new AppError('weak_key', 400, 'Nobody can hold the private half of this key; make a new pair.');
  }
  return { raw, fingerprint: fingerprintOf(raw), key: publicKeyFromBytes(raw) };
}
