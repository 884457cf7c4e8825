import { describe, expect, it } from '@jest/globals';
import { returnPath } from './return-path.ts';

describe('returnPath', () => {
  it.each(['/', '/assets', '/assets?page=2#x', '/a//b', '/é'])('keeps %s', (path) => {
    expect(returnPath(path)).toBe(path);
  });

  it.each([
    '',
    'assets',
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    '/a\nb',
    '/\t/evil.example',
    '/\r\nSet-Cookie: x=y',
    '/a\0',
    ' /a',
    ['/a'],
    undefined,
    { toString: () => '/a' },
    // Percent-encoded in Location it would be longer than any header that the gateway takes from a service.
    `/${'€'.repeat(2000)}`,
    `/${'a'.repeat(3000)}`,
  ])('makes / of %j', (path) => {
    expect(returnPath(path)).toBe('/');
  });
});
