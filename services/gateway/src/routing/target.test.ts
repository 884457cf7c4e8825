import { describe, expect, it } from '@jest/globals';
import { isInternal, parseTarget } from './target.ts';

describe('parseTarget', () => {
  it.each([
    ['/', '/', undefined],
    ['/assets?', '/assets', ''],
    ['/assets?a=1?b=//../', '/assets', 'a=1?b=//../'],
    ['/assets/', '/assets/', undefined],
    ['/.well-known/webfinger?resource=acct:a@b', '/.well-known/webfinger', 'resource=acct:a@b'],
    ['/assets/a..b', '/assets/a..b', undefined],
    ['/assets/...', '/assets/...', undefined],
    ['/assets/%2ehidden', '/assets/%2ehidden', undefined],
    ['/assets/a%2Fb', '/assets/a%2Fb', undefined],
    ['/assets/%zz%e4%ff', '/assets/%zz%e4%ff', undefined],
    ['/assets/%252e%252e', '/assets/%252e%252e', undefined],
  ])('passes %s on as it is', (url, path, query) => {
    expect(parseTarget(url)).toEqual({ path, query });
  });

  it.each([
    ...['//', '//assets', '/assets//x', '/assets/%2f', '/assets/%2F%2fx', '/assets/x//'],
    ...['/.', '/..', '/assets/.', '/assets/../x', '/assets/./x', '/assets/..'],
    ...['/%2e', '/%2E%2e', '/assets/.%2e/x', '/assets/%2e./x', '/assets/%2E', '/assets/..%2fx', '/assets/..%5cx'],
    ...['/assets/..\\x', '/assets\\..\\x', '/assets#x', 'http://l2.example/assets', '*', 'assets', ''],
  ])('refuses %s with 400', (url) => {
    expect(() => parseTarget(url)).toThrow(expect.objectContaining({ code: 'invalid_path', status: 400 }));
  });
});

describe('isInternal', () => {
  it.each([
    ...['/internal', '/internal/', '/internal/sign', '/INTERNAL/sign', '/Internal', '/%69nternal/auth/jwks'],
    ...['/%49%4e%54%45%52%4e%41%4c', '/internal%2Fsign'],
  ])('knows %s', (path) => {
    expect(isInternal(path)).toBe(true);
  });

  it.each(['/', '/assets/internal', '/internals', '/internal-x'])('lets %s be', (path) => {
    expect(isInternal(path)).toBe(false);
  });
});
