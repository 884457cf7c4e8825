import { hash } from 'node:crypto';
import { quote } from './jcs.ts';

export interface LeafInput {
  type: 'Create' | 'Update' | 'Delete' | 'Key';
  /** ap_id of the actor. */
  actor: string;
  /** Id (URL) of the activity. */
  activity: string;
  /** Lower-case hex SHA3-256. */
  contentHash: string;
  /** ISO-8601 UTC. */
  published: string;
  /** `sha256:<hex>`, made by {@link commitment}. */
  commitment: string;
}

const maxLeafBytes = 1024;

/**
 * Canonical JSON of a log leaf (transparency-log.md): who claimed which hash and when, and nothing else that a person wrote.
 *
 * @throws RangeError when it is longer than 1 KiB.
 */
export function composeLeaf(leaf: LeafInput): string {
  const text =
    `{"activity":${quote(leaf.activity)},"actor":${quote(leaf.actor)},"commitment":${quote(leaf.commitment)}` +
    `,"contentHash":{"algorithm":"sha3-256","value":${quote(leaf.contentHash)}}` +
    `,"published":${quote(leaf.published)},"type":${quote(leaf.type)},"v":1}`;
  if (Buffer.byteLength(text) > maxLeafBytes)
    throw new RangeError('A log leaf is at most 1 KiB; its ids are too long.');
  return text;
}

/** `sha256:` and the hex SHA-256 of salt ‖ signed activity (JCS, with its proof). The salt has 32 random bytes. */
export function commitment(salt: Uint8Array, signedActivityJcs: string): string {
  return `sha256:${hash('sha256', Buffer.concat([salt, Buffer.from(signedActivityJcs)]), 'hex')}`;
}

/** Leaf hash of RFC 6962 §2.1: SHA-256(0x00 ‖ leaf), 32 bytes. */
export function leafHash(leaf: Uint8Array | string): Buffer {
  const prefixed = typeof leaf === 'string' ? `\0${leaf}` : Buffer.concat([Buffer.of(0), leaf]);
  return Buffer.from(hash('sha256', prefixed, 'hex'), 'hex');
}
