import { hash } from 'node:crypto';

/** Hash that names a work: lower-case hex SHA3-256 of its bytes (64 characters). */
export function contentHash(bytes: Uint8Array | string): string {
  return hash('sha3-256', bytes, 'hex');
}

/** Name of a client's public key: `sha256:` and the lower-case hex SHA-256 of the raw key bytes. */
export function fingerprint(rawPublicKey: Uint8Array): string {
  return `sha256:${hash('sha256', rawPublicKey, 'hex')}`;
}

/** Lower-case hex SHA-256 of a request body; of no bytes when there is no body. */
export function bodyDigest(body: Uint8Array | string): string {
  return hash('sha256', body, 'hex');
}
