import { checkProofOfWork, bitcoinNetworks, parseBlockHeader } from './block-header.ts';
import { OtsError } from './ots-error.ts';

const regtestBits = 0x207fffff;

export interface BlockToMine {
  merkleRoot: Uint8Array;
  /** Default: 32 zeros. */
  previousHash?: Uint8Array;
  /** Unix seconds. */
  time: number;
}

/** The 80 bytes of a header that meets regtest's target, which every second nonce does. */
export function mineHeader({ merkleRoot, previousHash = new Uint8Array(32), time }: BlockToMine): Uint8Array {
  for (let nonce = 0; ; nonce += 1) {
    const header = Buffer.alloc(80);
    header.writeInt32LE(0x20000000, 0);
    header.set(previousHash, 4);
    header.set(merkleRoot, 36);
    header.writeUInt32LE(time, 68);
    header.writeUInt32LE(regtestBits, 72);
    header.writeUInt32LE(nonce, 76);
    if (hasWork(header)) return new Uint8Array(header);
  }
}

function hasWork(header: Uint8Array): boolean {
  try {
    checkProofOfWork(parseBlockHeader(header), bitcoinNetworks.regtest);
    return true;
  } catch (error) {
    if (error instanceof OtsError) return false;
    throw error;
  }
}
