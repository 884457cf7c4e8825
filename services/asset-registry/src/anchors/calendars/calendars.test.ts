import { describe, expect, it } from '@jest/globals';
import { ConfigError, readEnv } from '@artdag/service-kit';
import { z } from 'zod';
import { anchorConfig, anchorEnv } from '../anchor-config.ts';
import { isAllowedCalendar, operatorOf } from './calendar-url.ts';
import { firstCalendars, substituteFor, wantedOperators } from './choose-calendars.ts';

const load = (env: Record<string, string>) => anchorConfig(readEnv(z.object(anchorEnv), env));

describe('the settings', () => {
  it('name three public pools of two operators, and once an hour', () => {
    const config = load({});
    expect(new Set(config.otsCalendars.map(operatorOf))).toEqual(new Set(['opentimestamps.org', 'eternitywall.com']));
    expect(config).toMatchObject({
      anchorIntervalMs: 3_600_000,
      bitcoinNetwork: 'mainnet',
      bitcoinHeadersUrl: undefined,
    });
  });

  it('take calendars without their trailing slash, and none', () => {
    const { otsCalendars } = load({ OTS_CALENDARS: 'https://a.example/, http://127.0.0.1:14788/cal/' });
    expect(otsCalendars).toEqual(['https://a.example', 'http://127.0.0.1:14788/cal']);
    expect(load({ OTS_CALENDARS: 'none' }).otsCalendars).toEqual([]);
  });

  it.each([
    [{ OTS_CALENDARS: 'a.example' }, 'OTS_CALENDARS'],
    [{ OTS_CALENDARS: 'https://a.example,none' }, 'OTS_CALENDARS'],
    [{ OTS_CALENDARS: 'https://a.example/?key=1' }, 'OTS_CALENDARS'],
    [{ OTS_CALENDARS: 'ftp://a.example' }, 'OTS_CALENDARS'],
    [{ OTS_CALENDAR_HOSTS: '*' }, 'OTS_CALENDAR_HOSTS'],
    [{ OTS_CALENDAR_HOSTS: '*.*.example.org' }, 'OTS_CALENDAR_HOSTS'],
    [{ BITCOIN_NETWORK: 'testnet' }, 'BITCOIN_NETWORK'],
    [{ ANCHOR_INTERVAL_SECONDS: '0' }, 'ANCHOR_INTERVAL_SECONDS'],
  ])('refuse %p in one sentence', (env, name) => {
    expect(() => load(env)).toThrow(ConfigError);
    expect(() => load(env)).toThrow(`${name}: `);
  });
});

describe('whom a proof may have us call', () => {
  const list = {
    calendars: ['https://a.pool.opentimestamps.org', 'http://127.0.0.1:14788'],
    hosts: ['*.calendar.opentimestamps.org', 'ots.example.org'],
  };

  it.each([
    'https://a.pool.opentimestamps.org',
    'https://alice.btc.calendar.opentimestamps.org',
    'https://ots.example.org',
    'https://ots.example.org/deep/down',
    'http://127.0.0.1:14788',
  ])('%s', (url) => {
    expect(isAllowedCalendar(url, list)).toBe(true);
  });

  it.each([
    'http://alice.btc.calendar.opentimestamps.org',
    'https://alice.btc.calendar.opentimestamps.org:8443',
    'https://calendar.opentimestamps.org.evil.example',
    'https://calendar.opentimestamps.org',
    'https://evilcalendar.opentimestamps.org',
    'https://sub.ots.example.org',
    'http://127.0.0.1',
    'http://127.0.0.1:14789',
    'http://169.254.169.254/latest',
  ])('not %s', (url) => {
    expect(isAllowedCalendar(url, list)).toBe(false);
  });
});

describe('the choice of calendars', () => {
  const [a1, a2, b, c, d] = [
    'https://one.a.org',
    'https://two.a.org',
    'https://b.org',
    'https://c.org',
    'https://d.org',
  ];

  it.each([
    [[a1, a2, b], [a1, b], 2],
    [[a1, a2], [a1, a2], 1],
    [[a1], [a1], 1],
    [[a1, b, c, d], [a1, b, c], 2],
    [[], [], 0],
  ])('begins, of %p, with %p', (calendars, first, operators) => {
    expect([firstCalendars(calendars), wantedOperators(calendars)]).toEqual([first, operators]);
  });

  it('goes on with another operator, or with whoever is left', () => {
    expect(substituteFor([a1, a2, b], [a1])).toBe(b);
    expect(substituteFor([a1, a2, b], [a1, b])).toBe(a2);
    expect(substituteFor([a1, b], [a1, b])).toBeUndefined();
  });

  it('takes an address for an operator of its own', () => {
    expect(operatorOf('http://127.0.0.1:14788')).toBe('127.0.0.1:14788');
    expect(operatorOf('http://calendar:8080')).toBe('calendar:8080');
    expect(operatorOf('https://a.pool.eternitywall.com')).toBe('eternitywall.com');
  });
});
