import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { l1KitErrorCodes } from './index.ts';

it('has every code of an error in the README, and no other', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  const [, table = ''] = /\| code .*?\n\| --.*?\n([\s\S]*?)\n\n/.exec(readme) ?? [];
  const codes = table
    .split('\n')
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, code]) => code));
  expect(codes.toSorted()).toEqual([...l1KitErrorCodes].toSorted());
});
