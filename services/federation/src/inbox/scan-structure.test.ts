import { describe, expect, it } from '@jest/globals';
import { scanStructure } from './scan-structure.ts';

const doc = (value: unknown): string => JSON.stringify(value);
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('scanStructure', () => {
  it('lets an ordinary activity pass', () => {
    const follow = {
      '@context': ['https://a/1', { a: 'b', c: { '@id': 'd' } }],
      type: 'Follow',
      to: ['x', 'y'],
      n: [1, null, true],
    };
    expect(scanStructure(doc(follow))).toBeUndefined();
    expect(scanStructure(JSON.stringify(follow, undefined, 2))).toBeUndefined();
  });

  it.each([
    ['33 levels', nested(33), /nested deeper/],
    ['20,000 levels, never closed', '{"a":'.repeat(20_000), /nested deeper/],
    ['1,001 recipients in one field', doc({ to: Array.from({ length: 1001 }, String) }), /recipients/],
    ['1,001 recipients over two fields', doc({ to: Array(600).fill('a'), bcc: Array(401).fill('b') }), /recipients/],
    ['1,001 recipients in the embedded object', doc({ object: { cc: Array(1001).fill('a') } }), /recipients/],
    ['recipients hidden in nested arrays', doc({ to: [Array(1001).fill('a')] }), /recipients/],
    ['17 contexts', doc({ '@context': Array(17).fill('https://a/') }), /a context of more than 16 entries/],
    [
      '65 contexts over many objects',
      doc({ a: Array.from({ length: 5 }, () => ({ '@context': Array(13).fill('a') })) }),
      /more than 64 entries/,
    ],
    [
      '17 contexts in nested lists',
      doc({ '@context': [[Array(9).fill('a')], Array(8).fill('a')] }),
      /more than 16 entries/,
    ],
    [
      '257 terms',
      doc({ '@context': Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`t${i}`, 'a'])) }),
      /terms/,
    ],
    [
      '257 terms in depth',
      doc({ '@context': [{ a: { '@context': Array.from({ length: 257 }, () => ({ b: 1 })) } }] }),
      /terms/,
    ],
    ['the same member twice', '{"a":1,"b":{"a":2},"a":3}', /two members named "a"/],
    ['the same member twice, once escaped', '{"type":1,"\\u0074ype":2}', /two members/],
    ['__proto__', '{"a":{"__proto__":{}}}', /__proto__/],
    ['__proto__, escaped', '{"\\u005f_proto__":{}}', /__proto__/],
  ])('refuses %s', (_name, text, message) => {
    expect(scanStructure(text)).toMatch(message);
  });

  it.each([
    ['32 levels', nested(32)],
    ['1,000 recipients', doc({ to: Array(500).fill('a'), cc: Array(500).fill('b') })],
    [
      '16 contexts of 256 terms together',
      doc({
        '@context': [...Array(15).fill('a'), Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`t${i}`, 1]))],
      }),
    ],
    ['values that look like members', doc({ a: ['__proto__', 'a', 'a'], to: '__proto__' })],
    ['brackets and quotes inside strings', doc({ a: '{[{[{["\\', b: '\\"' })],
  ])('takes %s', (_name, text) => {
    expect(scanStructure(text)).toBeUndefined();
  });

  it('comes to an end on garbage', () => {
    for (const text of [
      '',
      '"',
      '{"a',
      '\\',
      '}]}]',
      '{"a":"\\',
      '{{{{',
      '[,,,]',
      '{"a"::1}',
      'nul',
      '\u0000'.repeat(1000),
    ]) {
      expect(typeof (scanStructure(text) ?? '')).toBe('string');
    }
  });

  it('takes no more than in proportion to the length for a quarter of a megabyte', () => {
    const text = doc({ a: Array.from({ length: 20_000 }, (_, i) => `x${i}`) }).slice(0, 262_144);
    const before = performance.now();
    scanStructure(text);
    expect(performance.now() - before).toBeLessThan(15_000);
  });
});

describe('ordinary documents', () => {
  it('pass, with the eight contexts that some servers write, again in the proof', () => {
    const terms = {
      toot: 'http://joinmastodon.org/ns#',
      quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' },
    };
    const context = [...Array.from({ length: 8 }, (_, i) => `https://example.com/${i}`), terms];
    const undo = { '@context': context, type: 'Undo', object: { type: 'Follow' }, proof: { '@context': context } };
    expect(scanStructure(doc(undo))).toBeUndefined();
  });
});
