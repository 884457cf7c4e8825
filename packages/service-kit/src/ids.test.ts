import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { firstIdAt, newId, newSuffix } from './ids.ts';
import { version } from './version.ts';

describe('ids', () => {
  it('are TypeIDs', () => {
    expect(newId('ast')).toMatch(/^ast_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
    expect(newSuffix()).toMatch(/^[0-7][0-9a-hjkmnp-tv-z]{25}$/);
    expect(new Set(Array.from({ length: 1000 }, () => newId('ast'))).size).toBe(1000);
  });

  it('sort by when they were made', () => {
    const made = newId('tok');
    const [before, after] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    expect([firstIdAt('tok', after), made, firstIdAt('tok', before)].toSorted()).toEqual([
      firstIdAt('tok', before),
      made,
      firstIdAt('tok', after),
    ]);
    expect(firstIdAt('tok', new Date(0))).toMatch(/^tok_0{10}/);
  });
});

describe('version', () => {
  it('is that of the package', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(version).toBe(manifest.version);
  });
});
