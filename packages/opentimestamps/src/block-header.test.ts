import { describe, expect, it } from '@jest/globals';
import { block358391, firstBlocks, helloWorld } from './examples.testing.ts';
import {
  attested,
  bitcoinAttestationsOf,
  bitcoinNetworks,
  checkHeaderChain,
  checkProofOfWork,
  displayHash,
  parseBlockHeader,
  presentWork,
  readDetached,
  verifyBitcoinAttestation,
} from './index.ts';
import { mineHeader } from './mine-header.testing.ts';

const { mainnet, regtest } = bitcoinNetworks;
const parsed = parseBlockHeader(block358391);

describe('a block header', () => {
  it('has the hash, the root and the time that explorers show', () => {
    expect(displayHash(parsed.hash)).toBe('000000000000000003e892881a8cdcdc117c06d444057c98b6f04a9ee75a2319');
    expect(displayHash(parsed.merkleRoot)).toBe('8a1b66ecb7cbd07d8139a7e7d7f2c41aab1f5009b8364aaf61d03ad245e47e00');
    expect(new Date(parsed.time * 1000).toISOString()).toBe('2015-05-28T15:41:18.000Z');
    expect(() => checkProofOfWork(parsed, mainnet)).not.toThrow();
  });

  it('loses its work by any other bit', () => {
    for (let bit = 0; bit < block358391.length * 8; bit += 1) {
      const index = bit >> 3;
      const changed = block358391.with(index, (block358391[index] ?? 0) ^ (1 << (bit & 7)));
      expect(() => checkProofOfWork(parseBlockHeader(changed), mainnet)).toThrow(
        expect.objectContaining({ code: 'insufficient_work' }),
      );
    }
  });

  it('that claims little work is nothing to those who want more', () => {
    const easy = parseBlockHeader(mineHeader({ merkleRoot: parsed.merkleRoot, time: parsed.time }));
    expect(() => checkProofOfWork(easy, regtest)).not.toThrow();
    expect(() => checkProofOfWork(easy, mainnet)).toThrow('less work');
    expect(() => checkProofOfWork(parsed, presentWork)).toThrow('less work');
  });

  it.each([0, 79, 81])('is not of %d bytes', (length) => {
    expect(() => parseBlockHeader(new Uint8Array(length))).toThrow(expect.objectContaining({ code: 'invalid_header' }));
  });

  it.each([0, 0x01003456, 0x04923456])('with the target 0x%s, zero or negative, has done no work', (bits) => {
    const header = new Uint8Array(80);
    new DataView(header.buffer).setUint32(72, bits, true);
    expect(() => checkProofOfWork(parseBlockHeader(header), regtest)).toThrow('is no target');
  });
});

describe('a chain of headers', () => {
  const chain = firstBlocks.map((bytes) => parseBlockHeader(bytes));

  it('is one in the order of the blocks, and in no other', () => {
    expect(() => checkHeaderChain(chain, mainnet)).not.toThrow();
    expect(() => checkHeaderChain(chain.toReversed(), mainnet)).toThrow(
      expect.objectContaining({ code: 'broken_chain' }),
    );
    expect(() => checkHeaderChain([...chain, parsed], mainnet)).toThrow(
      expect.objectContaining({ code: 'broken_chain' }),
    );
  });
});

describe('an attestation', () => {
  const [found] = bitcoinAttestationsOf(readDetached(helloWorld).timestamp);
  if (found === undefined) throw new Error('the example has one');

  it('holds against the header of its block', () => {
    expect(found.attestation.height).toBe(358_391);
    expect(verifyBitcoinAttestation(found, parsed, mainnet)).toBe(1_432_827_678);
  });

  it('holds neither against another block nor with the root in the order of explorers', () => {
    const [genesis] = firstBlocks.map((bytes) => parseBlockHeader(bytes));
    if (genesis === undefined) throw new Error('there is one');
    const mismatch = expect.objectContaining({ code: 'merkle_root_mismatch' });
    expect(() => verifyBitcoinAttestation(found, genesis, mainnet)).toThrow(mismatch);
    const { message } = attested(found.message.toReversed());
    expect(() => verifyBitcoinAttestation({ ...found, message }, parsed, mainnet)).toThrow(mismatch);
  });
});
