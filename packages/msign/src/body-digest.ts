import { hash } from 'node:crypto';

/** SHA-256 of a body's raw bytes, in lower-case hex, as the signed text has it. */
export function bodyDigest(body: Buffer | string): string {
  return hash('sha256', body, 'hex');
}

/** Of a request without a body. */
export const emptyBodyDigest = bodyDigest('');
