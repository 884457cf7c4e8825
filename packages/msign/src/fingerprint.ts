import { hash } from 'node:crypto';

/** As clients may write it: `sha256:` is optional. */
export const fingerprintPattern = /^(?:sha256:)?[0-9a-f]{64}$/;

/** `sha256:` and the lower-case hex SHA-256 of the raw public key. */
export function fingerprintOf(publicKey: Buffer): string {
  return `sha256:${hash('sha256', publicKey, 'hex')}`;
}

/** With its prefix; undefined when it is none. */
export function normaliseFingerprint(text: string): string | undefined {
  if (!fingerprintPattern.test(text)) return undefined;
  return text.startsWith('sha256:') ? text : `sha256:${text}`;
}
