import { describe, expect, it } from '@jest/globals';
import { parseHttpDate } from './http-date.ts';

describe('parseHttpDate', () => {
  it.each([
    ['Sat, 21 Nov 2026 12:00:00 GMT', '2026-11-21T12:00:00.000Z'],
    ['2026-11-21T12:00:00Z', '2026-11-21T12:00:00.000Z'],
    ['2026-11-21T12:00:00.25Z', '2026-11-21T12:00:00.250Z'],
  ])('reads %s', (text, iso) => {
    expect(parseHttpDate(text)?.toISOString()).toBe(iso);
  });

  it.each([
    '',
    '0',
    '1',
    '2026',
    'now',
    'Fri, 21 Nov 2026 12:00:00 GMT', // it is a Saturday
    'Tue, 31 Feb 2026 12:00:00 GMT',
    'Sat, 21 Nov 2026 25:00:00 GMT',
    'Sat, 21 Nov 2026 12:00:60 GMT',
    'Sat, 21 Nov 2026 12:00:00 UTC',
    'Sat, 21 Nov 2026 12:00:00 +0000',
    'Sat, 21 Nov 2026 12:00:00 GMT, Sat, 21 Nov 2026 12:00:00 GMT',
    'sat, 21 nov 2026 12:00:00 gmt',
    '2026-02-30T12:00:00Z',
    '2026-11-21T12:00:00',
    '2026-11-21T12:00:00+01:00',
    '2026-11-21',
  ])('refuses %p', (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });
});
