import { Keccak } from '@noble/hashes/sha3.js';
import { keccakF } from './keccak-f.js';

/** SHA3-256 (FIPS 202 §6.1): the sponge of @noble/hashes over a permutation that is nearly twice as fast as its own. For little-endian machines, as all with browsers are. */
export class Sha3 extends Keccak {
  constructor() {
    super(136, 0x06, 32);
  }

  protected override keccak(): void {
    keccakF(this.state32);
    this.posOut = 0;
    this.pos = 0;
  }
}
