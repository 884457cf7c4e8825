import { base58 } from '@scure/base';

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** 58^9 is the largest power of 58 that a double holds exactly. */
const chunkDigits = 9;
const chunk = 58n ** 9n;

/**
 * Multibase base58btc: `z` and the base58 digits.
 *
 * Every claim pays for two of these, so nine digits are taken per big-integer division: half the time of the general
 * conversion that decoding uses.
 */
export function encodeMultibase(bytes: Uint8Array): string {
  let zeros = 0;
  while (bytes[zeros] === 0) zeros += 1;
  let rest = BigInt(`0x0${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`);
  let digits = '';
  while (rest > 0n) {
    let low = Number(rest % chunk);
    rest /= chunk;
    // The highest digits come without zeros in front.
    const fewest = rest > 0n ? chunkDigits : 0;
    for (let i = 0; i < fewest || low > 0; i += 1) {
      digits = alphabet.charAt(low % 58) + digits;
      low = Math.floor(low / 58);
    }
  }
  return `z${'1'.repeat(zeros)}${digits}`;
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
