import { createHash, timingSafeEqual } from 'node:crypto';
import { SignatureError } from '../signature-error.ts';
import { parseDictionary, type Dictionary } from './structured-fields.ts';

/** The `Content-Digest` header of these bytes (RFC 9530). */
export function contentDigestHeader(body: Buffer): string {
  return `sha-256=:${sha256(body).toString('base64')}:`;
}

/** Checks that a `Content-Digest` header holds a SHA-256 and that it is the body's. Digests of other algorithms beside it are not looked at. */
export function checkContentDigest(header: string, body: Buffer): void {
  const digest = read(header).get('sha-256');
  if (digest?.kind !== 'bytes' || !Buffer.isBuffer(digest.value) || digest.value.length !== 32) {
    throw mismatch('The Content-Digest header must hold one sha-256=:<base64>:.');
  }
  if (!timingSafeEqual(digest.value, sha256(body))) {
    throw mismatch('The body is not the one that the Content-Digest header names.');
  }
}

function read(header: string): Dictionary {
  try {
    return parseDictionary(header);
  } catch (cause) {
    throw new SignatureError('digest_mismatch', 'The Content-Digest header cannot be read.', { cause });
  }
}

function mismatch(message: string): SignatureError {
  return new SignatureError('digest_mismatch', message);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
