import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { newId, newSuffix } from './ids.ts';
import { version } from './version.ts';

describe('ids', () => {
  it('are TypeIDs', () => {
    expect(newId('ast')).toMatch(/^ast_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
    expect(newSuffix()).toMatch(/^[0-7][0-9a-hjkmnp-tv-z]{25}$/);
    expect(new Set(Array.from({ length: 1000 }, () => newId('ast'))).size).toBe(1000);
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
