import { hash } from 'node:crypto';

/** 256 bits. */
export const nonceBytes = 32;

/** The bytes of a challenge's token: its hex, and nothing else. */
export function nonceOf(token: string): Buffer | undefined {
  return /^[0-9a-f]{64}$/i.test(token) ? Buffer.from(token, 'hex') : undefined;
}

/** What is stored of a nonce, so that the table tells nobody a challenge. */
export function nonceHash(nonce: Buffer): string {
  return hash('sha256', nonce, 'hex');
}
