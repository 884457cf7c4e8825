import { csv, integer, milliseconds, urlOptional } from '@artdag/service-kit';
import { z } from 'zod';
import { calendarUrl } from './calendars/calendar-url.ts';

export interface AnchorConfig {
  /** OpenTimestamps calendars, best of several operators: base URLs without a trailing slash. None with `OTS_CALENDARS=none`. */
  otsCalendars: string[];
  /** Hosts (`*.` in front stands for any below) of further calendars, to which those may refer. */
  otsCalendarHosts: string[];
  /** Where Bitcoin block headers come from; without it they are not checked. */
  bitcoinHeadersUrl: string | undefined;
  bitcoinNetwork: 'mainnet' | 'regtest';
  /** From one anchor to the next. */
  anchorIntervalMs: number;
  /** How often it is looked whether something is due. */
  anchorTickMs: number;
}

const publicCalendars = [
  'https://a.pool.opentimestamps.org',
  'https://b.pool.opentimestamps.org',
  'https://a.pool.eternitywall.com',
];
/** The calendars behind the public pools, as the reference client has them. */
const publicCalendarHosts = [
  '*.calendar.opentimestamps.org',
  '*.calendar.eternitywall.com',
  '*.calendar.catallaxy.com',
];

const wantsCalendars =
  'wants URLs of OpenTimestamps calendars, separated by commas, such as https://a.pool.opentimestamps.org, or none';
const aYear = 366 * 24 * 3600;

/** What anchors read of the environment. */
export const anchorEnv = {
  OTS_CALENDARS: csv().transform((given, context) => {
    if (given.length === 0) return publicCalendars;
    if (given.length === 1 && given[0] === 'none') return [];
    const urls = given.map(calendarUrl);
    const good = urls.filter((url) => url !== undefined);
    if (good.length < urls.length) context.addIssue({ code: 'custom', message: wantsCalendars });
    return good;
  }),
  OTS_CALENDAR_HOSTS: csv()
    .transform((given) => (given.length === 0 ? publicCalendarHosts : given))
    .refine(
      (hosts) => hosts.every((host) => /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(host)),
      'wants host names, separated by commas, such as ots.example.org or *.calendar.opentimestamps.org',
    ),
  BITCOIN_HEADERS_URL: urlOptional(),
  BITCOIN_NETWORK: z.enum(['mainnet', 'regtest'], 'wants mainnet or regtest').default('mainnet'),
  ANCHOR_INTERVAL_SECONDS: integer({ default: 3600, min: 1, max: aYear }),
  ANCHOR_TICK_MS: milliseconds(15_000),
};

type AnchorEnv = z.output<z.ZodObject<typeof anchorEnv>>;

export function anchorConfig(e: AnchorEnv): AnchorConfig {
  return {
    otsCalendars: e.OTS_CALENDARS,
    otsCalendarHosts: e.OTS_CALENDAR_HOSTS,
    bitcoinHeadersUrl: e.BITCOIN_HEADERS_URL,
    bitcoinNetwork: e.BITCOIN_NETWORK,
    anchorIntervalMs: e.ANCHOR_INTERVAL_SECONDS * 1000,
    anchorTickMs: e.ANCHOR_TICK_MS,
  };
}
