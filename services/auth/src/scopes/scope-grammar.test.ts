import { describe, expect, it } from '@jest/globals';
import { scopePattern } from './scope-grammar.ts';

describe('the grammar of scopes', () => {
  it.each(['*', '*:*', 'read', 'read:', ':x', 'read:**', 'read:a*', 'READ:x', 'read:x y', 'read:x\n', 'read:\0'])(
    'has no %j',
    (scope) => expect(scopePattern.test(scope)).toBe(false),
  );
});
