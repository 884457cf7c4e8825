import { describe, expect, it } from '@jest/globals';
import { growthPlot } from '../anchors/growth-plot.ts';
import { foreignLink } from './foreign-link.ts';
import { harmless } from './harmless.ts';
import { counted, time } from './pieces.ts';

describe('harmless', () => {
  it.each([
    ['photo\u202egnp.exe', 'photo⟨U+202E⟩gnp.exe'],
    ['a\u0000b\u001b[31m', 'a\ufffdb\ufffd[31m'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['ñ 日本 שלום العربية 👩\u200d👧', 'ñ 日本 שלום العربية 👩\u200d👧'],
  ])('shows %j as %j', (text, shown) => {
    expect(harmless(text)).toBe(shown);
  });
});

describe('a stranger’s address', () => {
  it.each(['https://a.example/x?y=1#z', 'http://a.example/'])('%s is a link that tells the stranger nothing', (url) => {
    const link = foreignLink(url).toString();
    expect(link).toContain(`<a href="${url}"`);
    expect(link).toContain('noreferrer');
  });

  it.each([
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'ipfs://b',
    '//a.example',
    '/x',
    'https://u:p@a.example/',
    '',
  ])('%j is a text', (url) => {
    expect(foreignLink(url).toString()).not.toContain('<a');
  });
});

describe('times and numbers', () => {
  it('are in UTC and in groups', () => {
    expect(time('2026-11-29T05:35:18Z').toString()).toBe(
      '<time datetime="2026-11-29T05:35:18.000Z">29 Nov 2026, 05:35 UTC</time>',
    );
    expect(time('nonsense').toString()).toBe('an unknown time');
    expect([counted(1, 'asset'), counted(2000, 'reply', 'replies')]).toEqual(['1 asset', '2,000 replies']);
  });
});

describe('the plot of the log', () => {
  it('is drawn from two sizes on, in the order of time', () => {
    expect(growthPlot([])).toBeUndefined();
    expect(growthPlot([{ at: '2026-01-01T00:00:00Z', size: 5 }])).toBeUndefined();
    const drawn = growthPlot([
      { at: '2026-01-03T00:00:00Z', size: 100 },
      { at: '2026-01-01T00:00:00Z', size: 5 },
      { at: 'nonsense', size: 7 },
    ])?.toString();
    expect(drawn).toContain('The log had 5 entries on 1 Jan 2026 and 100 on 3 Jan 2026.');
    expect(drawn).toMatch(/d="M46\.0 [\d.]+ H352\.0 V10\.0"/);
  });
});
