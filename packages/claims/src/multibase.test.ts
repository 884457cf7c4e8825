import { describe, expect, it } from '@jest/globals';
import { decodeMultibase, digestMultibase, encodeMultibase } from './index.ts';
import { seededRandom } from './random-json.testing.ts';

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function base58ByDivision(bytes: Uint8Array): string {
  const zeros = bytes.findIndex((byte) => byte !== 0);
  let rest = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
  let digits = '';
  for (; rest > 0n; rest /= 58n) digits = alphabet.charAt(Number(rest % 58n)) + digits;
  return '1'.repeat(zeros === -1 ? bytes.length : zeros) + digits;
}

describe('multibase base58btc', () => {
  it('equals plain long division for 2,000 random inputs, leading zeros included', () => {
    const random = seededRandom(3);
    for (let i = 0; i < 2000; i += 1) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 70) }, () => Math.floor(random() * 256));
      if (random() < 0.3) bytes.fill(0, 0, 3);
      expect(encodeMultibase(bytes)).toBe(`z${base58ByDivision(bytes)}`);
      expect(Buffer.from(decodeMultibase(encodeMultibase(bytes)))).toEqual(Buffer.from(bytes));
    }
  });

  it('names a content hash by its SHA3-256 multihash', () => {
    const hash = 'ab'.repeat(32);
    expect(Buffer.from(decodeMultibase(digestMultibase(hash))).toString('hex')).toBe(`1620${hash}`);
  });

  it.each(['m6MktwupdmLXVVqTzCw', 'z0', '', 'zl'])('refuses %j', (text) => {
    expect(() => decodeMultibase(text)).toThrow();
  });
});
