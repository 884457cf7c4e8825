import { describe, expect, it } from '@jest/globals';
import { scopeCovers } from './middleware.ts';

describe('scopeCovers', () => {
  it.each([
    [['read:*'], 'read:assets', true],
    [['read:*'], 'read:*', true],
    [['read:assets'], 'read:*', false],
    [['read:*'], 'readx:assets', false],
    [['read:*'], 'reading:assets', false],
    [['assets:create'], 'assets:create', true],
    [['assets:create'], 'assets:record', false],
    [['storage:manage', 'assets:*'], 'assets:record', true],
    [[], 'read:assets', false],
  ])('%j over %s is %s', (have, want, expected) => {
    expect(scopeCovers(have, want)).toBe(expected);
  });
});
