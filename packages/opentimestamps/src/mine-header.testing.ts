import { hash } from 'node:crypto';

const regtestBits = 0x207fffff;
const sha256 = (bytes: Uint8Array): Buffer => Buffer.from(hash('sha256', bytes, 'hex'), 'hex');

/** The 80 bytes of a block header that meets regtest's target, which about every second nonce does. `time` in unix seconds. */
export function mineHeader({ merkleRoot, time }: { merkleRoot: Uint8Array; time: number }): Uint8Array {
  const header = Buffer.alloc(80);
  header.set(merkleRoot, 36);
  header.writeUInt32LE(time, 68);
  header.writeUInt32LE(regtestBits, 72);
  // The hash is a little-endian number: its last byte is the first to tell.
  for (let nonce = 0; (sha256(sha256(header))[31] ?? 0xff) >= 0x7f; nonce += 1) header.writeUInt32LE(nonce, 76);
  return new Uint8Array(header);
}
