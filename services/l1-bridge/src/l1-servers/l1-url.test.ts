import { describe, expect, it } from '@jest/globals';
import { normaliseL1Url, parseL1Servers } from './l1-url.ts';

const httpsOnly = { allowHttp: false };
const httpToo = { allowHttp: true };

describe('parseL1Servers', () => {
  it.each([
    ['one', 'https://l1.example', ['https://l1.example']],
    ['several, in their order', 'https://b.example,https://a.example', ['https://b.example', 'https://a.example']],
    ['blanks around items', '  https://a.example ,\t\nhttps://b.example ', ['https://a.example', 'https://b.example']],
    ['empty items', ',, https://a.example, ,', ['https://a.example']],
    ['nothing but commas', ' , ,', []],
    ['trailing slashes', 'https://a.example/,https://b.example///', ['https://a.example', 'https://b.example']],
    ['a path and its trailing slash', 'https://a.example/l1/', ['https://a.example/l1']],
    ['upper case in scheme and host', 'HTTPS://L1.Example', ['https://l1.example']],
    ['upper case in a path, which counts', 'https://a.example/L1', ['https://a.example/L1']],
    ['the default port', 'https://a.example:443', ['https://a.example']],
    ['another port', 'https://a.example:8443/', ['https://a.example:8443']],
    ['a port that is the default of http only', 'https://a.example:80', ['https://a.example:80']],
    ['an IPv6 address', 'https://[2001:DB8::1]:443/', ['https://[2001:db8::1]']],
    ['an international name', 'https://Bücher.example', ['https://xn--bcher-kva.example']],
    [
      'one server in five spellings',
      'https://a.example,https://a.example/,HTTPS://A.EXAMPLE,https://a.example:443/, https://a.example',
      ['https://a.example'],
    ],
  ])('reads %s', (_what, text, urls) => {
    expect(parseL1Servers(text, httpsOnly)).toEqual({ urls, problems: [] });
  });

  it.each([
    ['plain http', 'http://l1.example'],
    ['another scheme', 'ftp://l1.example'],
    ['a script', 'javascript:alert(1)'],
    ['a bare host', 'l1.example'],
    ['a host and a port', 'l1.example:443'],
    ['no host', 'https://'],
    ['a blank inside', 'https://l1 .example'],
    ['a query', 'https://l1.example/?next=1'],
    ['a fragment', 'https://l1.example/#top'],
    ['a user', 'https://alice@l1.example'],
    ['a port out of range', 'https://l1.example:70000'],
  ])('refuses %s, says so and keeps the others', (_what, item) => {
    const { urls, problems } = parseL1Servers(`${item},https://good.example`, httpsOnly);
    expect(urls).toEqual(['https://good.example']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^got ".+", wants an https address .*ALLOW_HTTP_L1=true/);
  });

  it('does not repeat credentials', () => {
    const { problems } = parseL1Servers('https://alice:s3cret@l1.example', httpsOnly);
    expect(problems[0]).toContain('//***@l1.example');
    expect(problems[0]).not.toMatch(/alice|s3cret/);
  });

  it('takes plain http when it is allowed, with the default port of http', () => {
    const text = 'HTTP://LocalHost:8100/, http://127.0.0.1:80/,https://l1.example';
    const urls = ['http://localhost:8100', 'http://127.0.0.1', 'https://l1.example'];
    expect(parseL1Servers(text, httpToo)).toEqual({ urls, problems: [] });
    expect(parseL1Servers('ftp://l1.example', httpToo).problems).toHaveLength(1);
  });
});

describe('normaliseL1Url', () => {
  it('leaves its own output as it is', () => {
    for (const text of [
      'https://A.example:443/x/',
      'https://a.example//',
      'http://[::1]:80/',
      'https://a.example/%7Eb',
    ]) {
      const once = normaliseL1Url(text, httpToo) ?? '';
      expect(normaliseL1Url(once, httpToo)).toBe(once);
    }
  });
});
