import { describe, expect, it } from '@jest/globals';
import { negotiate } from './negotiation.ts';

describe('negotiate', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['text/*', 'json'],
    ['text/html', 'html'],
    ['TEXT/HTML; Charset=utf-8', 'html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', 'html'],
    ['text/html;q=0.5, application/json', 'json'],
    ['text/html, application/json', 'html'],
    ['text/html;q=0.9, application/json;q=0.9', 'html'],
    ['text/html;q=0.8, application/problem+json;q=0.9', 'json'],
    ['text/html;q=0', 'json'],
    ['text/html;q=0.000, */*', 'json'],
    ['text/html;q=banana', 'html'],
    ['application/activity+json', 'activity'],
    ['text/html, application/activity+json;q=0.1', 'activity'],
    ['application/ld+json; profile="https://www.w3.org/ns/activitystreams"', 'activity'],
    ['application/ld+json; profile="a,text/html;q=1"', 'activity'],
    ['application/activity+json;q=0, text/html', 'html'],
    ['foo; x="a\\"b,text/html"', 'json'],
    ['text/htmlx', 'json'],
    [',,;q=1,', 'json'],
  ])('%s → %s', (accept, wanted) => {
    expect(negotiate(accept)).toBe(wanted);
  });
});
