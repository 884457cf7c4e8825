import { createHash, timingSafeEqual } from 'node:crypto';
import { SignatureError } from './signature-error.ts';

const base64OfSha256 = /^[A-Za-z0-9+/]{43}=$/;

/** The `Digest` header of these bytes (RFC 3230). */
export function digestHeader(body: Buffer): string {
  return `SHA-256=${sha256(body).toString('base64')}`;
}

/** Checks that a `Digest` header holds one SHA-256 and that it is the body's. Digests of other algorithms beside it are not looked at. */
export function checkDigest(header: string, body: Buffer): void {
  const values = header
    .split(',')
    .map((entry) => /^[ \t]*sha-256=(.*?)[ \t]*$/i.exec(entry)?.[1])
    .filter((value) => value !== undefined);
  const [value] = values;
  if (value === undefined || values.length > 1 || !base64OfSha256.test(value)) {
    throw new SignatureError('digest_mismatch', 'The Digest header must hold one SHA-256=<base64>.');
  }
  if (!timingSafeEqual(Buffer.from(value, 'base64'), sha256(body))) {
    throw new SignatureError('digest_mismatch', 'The body is not the one that the Digest header names.');
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
