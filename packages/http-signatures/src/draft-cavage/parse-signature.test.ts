import { describe, expect, it } from '@jest/globals';
import { parseSignature } from './parse-signature.ts';

const rest = 'headers="(request-target) host date",signature="AAAA"';
const names = (count: number) => Array.from({ length: count }, (_, i) => `x-${i}`).join(' ');

describe('parseSignature', () => {
  it('reads every parameter', () => {
    expect(parseSignature(`keyId="k",algorithm="hs2019",created=1,expires=2,${rest}`)).toEqual({
      keyId: 'k',
      algorithm: 'hs2019',
      covered: ['(request-target)', 'host', 'date'],
      signature: 'AAAA',
      created: 1,
      expires: 2,
    });
  });

  it('takes 64 covered names, and not 65', () => {
    expect(parseSignature(`keyId="k",headers="${names(64)}",signature="AAAA"`).covered).toHaveLength(64);
    expect(() => parseSignature(`keyId="k",headers="${names(65)}",signature="AAAA"`)).toThrow(/limit is 64/);
  });

  it('refuses 8 KiB and a byte without looking at its 50,000 names', () => {
    expect(() => parseSignature(`keyId="k",headers="${names(50_000)}",signature="AAAA"`)).toThrow(/over 8192 bytes/);
  });

  it.each([
    ['nothing', ''],
    ['a scheme word', `Signature keyId="k",${rest}`],
    ['no keyId', rest],
    ['an empty keyId', `keyId="",${rest}`],
    ['a keyId in another case', `keyid="k",${rest}`],
    ['no signature', 'keyId="k",headers="date"'],
    ['a signature that is not base64', 'keyId="k",headers="date",signature="A*AA"'],
    ['base64 without padding', 'keyId="k",headers="date",signature="AAA"'],
    ['base64url', 'keyId="k",headers="date",signature="__8="'],
    ['no headers', 'keyId="k",signature="AAAA"'],
    ['empty headers', 'keyId="k",headers="",signature="AAAA"'],
    ['a pseudo-header that we do not know', 'keyId="k",headers="date (opaque)",signature="AAAA"'],
    ['request-line with its value', 'keyId="k",headers="date a:b",signature="AAAA"'],
    ['a covered name twice', 'keyId="k",headers="date DATE",signature="AAAA"'],
    ['a parameter twice', `keyId="k",keyId="k",${rest}`],
    ['a parameter twice in another case', `keyId="k",KEYID="l",${rest}`],
    ['a trailing comma', `keyId="k",${rest},`],
    ['a leading comma', `,keyId="k",${rest}`],
    ['two commas', `keyId="k",,${rest}`],
    ['a value without quotes', `keyId=k,${rest}`],
    ['an escaped quote', `keyId="k\\"",${rest}`],
    ['an open quote', `${rest},keyId="k`],
    ['something after the quotes', `keyId="k"x,${rest}`],
    ['a semicolon', `keyId="k";${rest}`],
    ['created with a fraction', `keyId="k",created=1.5,${rest}`],
    ['created with a leading zero', `keyId="k",created=01,${rest}`],
    ['created below zero', `keyId="k",created=-1,${rest}`],
    ['created as a word', `keyId="k",created="now",${rest}`],
    ['seventeen parameters', `keyId="k",${rest},${Array.from({ length: 14 }, (_, i) => `p${i}="1"`).join(',')}`],
    ['a byte beyond ASCII', `keyId="ké",${rest}`],
    ['a line break', `keyId="k\n",${rest}`],
  ])('refuses %s', (_name, header) => {
    expect(() => parseSignature(header)).toThrow(expect.objectContaining({ code: 'signature_invalid' }));
  });

  it('takes no longer for hostile white space than for a good header', () => {
    const start = performance.now();
    // Going over it from each of its places would take more than ten seconds.
    for (let i = 0; i < 200; i += 1) {
      expect(() => parseSignature(`keyId="k"${' \t'.repeat(4000)}x`)).toThrow();
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
