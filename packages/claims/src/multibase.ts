import { base58 } from '@scure/base';

/** Multibase base58btc: `z` and the base58 digits. */
export function encodeMultibase(bytes: Uint8Array): string {
  return `z${base58.encode(bytes)}`;
}

/**
 * Bytes of a multibase base58btc text.
 *
 * @throws Error when the text does not begin with `z` or holds a character outside the alphabet.
 */
export function decodeMultibase(text: string): Uint8Array {
  if (!text.startsWith('z')) throw new Error('Not a base58btc multibase value: it must begin with "z".');
  return base58.decode(text.slice(1));
}

const sha3Multihash = Buffer.from([0x16, 0x20]);

/** `digestMultibase` of a SHA3-256 content hash (64 hex characters): the multihash 0x16 0x20 ‖ hash in base58btc. */
export function digestMultibase(hash: string): string {
  return encodeMultibase(Buffer.concat([sha3Multihash, Buffer.from(hash, 'hex')]));
}

const ed25519Multicodec = Buffer.from([0xed, 0x01]);

/** `publicKeyMultibase` of a raw Ed25519 key (32 bytes), as in a Multikey document. */
export function publicKeyMultibase(raw: Uint8Array): string {
  return encodeMultibase(Buffer.concat([ed25519Multicodec, raw]));
}
