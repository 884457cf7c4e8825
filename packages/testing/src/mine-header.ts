import { hash } from 'node:crypto';

export interface BlockToMine {
  /** 32 bytes, in the order of the header's. */
  merkleRoot: Uint8Array;
  /** Default: 32 zeros. */
  previousHash?: Uint8Array;
  /** Unix seconds. */
  time: number;
}

const regtestBits = 0x207fffff;

/** SHA-256 of SHA-256, 32 bytes. */
export function blockHash(header: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', Buffer.from(hash('sha256', header, 'hex'), 'hex'), 'hex'), 'hex');
}

/** The 80 bytes of a Bitcoin block header that meets the target of regtest, as about every second nonce does. */
export function mineHeader({ merkleRoot, previousHash = Buffer.alloc(32), time }: BlockToMine): Buffer {
  const header = Buffer.alloc(80);
  header.writeInt32LE(0x20000000, 0);
  header.set(previousHash, 4);
  header.set(merkleRoot, 36);
  header.writeUInt32LE(time, 68);
  header.writeUInt32LE(regtestBits, 72);
  // The hash is a little-endian number: its last byte is the first to tell.
  for (let nonce = 0; (blockHash(header)[31] ?? 0xff) >= 0x7f; nonce += 1) header.writeUInt32LE(nonce, 76);
  return header;
}
