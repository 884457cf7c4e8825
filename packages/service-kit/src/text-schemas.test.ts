import { describe, expect, it } from '@jest/globals';
import { shownText } from './text-schemas.ts';

const schema = shownText(100);

describe('a text that is shown beside others', () => {
  it.each([
    'Zoë of the crew',
    'آدا لاولیس',
    'می\u200cخواهم',
    'עדה',
    '아다',
    '艾达',
    'क्‍ष',
    '👩‍🚀 and ❤️',
    '🏴󠁧󠁢󠁳󠁣󠁴󠁿',
    '- _ -',
    '42',
  ])('may be %s', (name) => {
    expect(schema.parse(name)).toBe(name);
  });

  it('is trimmed', () => {
    expect(schema.parse(' Ada\u00a0')).toBe('Ada');
  });

  const unseen = [0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x180e, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x2800, 0x3164];
  const ranges = [
    ...Array.from({ length: 5 }, (_, n) => 0x202a + n),
    ...Array.from({ length: 16 }, (_, n) => 0x2060 + n),
  ];
  it.each(
    [...unseen, ...ranges, 0xfeff, 0xffa0, 0xfff9, 0xfffa, 0xfffb, 0, 0x1b, 0x7f, 0x9b, 0xd800].map((at) => [
      at.toString(16),
    ]),
  )('has no U+%s', (at) => {
    expect(schema.safeParse(`Ada${String.fromCodePoint(Number.parseInt(at, 16))}Lovelace`).success).toBe(false);
  });

  it.each(['', ' ', '\u200d', '\u200c\u200d', '\ufe0f', '\u3000'])('has something to see in it: not %j', (name) => {
    expect(schema.safeParse(name).success).toBe(false);
  });
});
