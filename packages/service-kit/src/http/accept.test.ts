import { describe, expect, it } from '@jest/globals';
import { acceptsActivityStreams } from './accept.ts';

describe('acceptsActivityStreams', () => {
  it.each([
    'application/activity+json',
    'Application/Activity+JSON; charset=utf-8',
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    'application/ld+json;profile=https://www.w3.org/ns/activitystreams',
    'application/ld+json; profile="a, b; q=0"; q=0.4',
    'text/html, application/json;q=0.9, application/activity+json;q=0.001',
    'application/activity+json;q=banana',
  ])('takes %s', (accept) => expect(acceptsActivityStreams(accept)).toBe(true));

  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    'application/activity+json;q=0, application/json',
    'application/ld+json; q=0.000',
    'application/ld+jsonx',
    'text/html; x="application/activity+json"',
    'text/html; x=", application/activity+json"',
  ])('does not take %s', (accept) => expect(acceptsActivityStreams(accept)).toBe(false));
});
