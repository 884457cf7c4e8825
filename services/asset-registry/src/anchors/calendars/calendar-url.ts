import { assertCalendarUri, OtsError } from '@artdag/opentimestamps';

/** The base URL of a calendar without trailing slashes; undefined for what is none: only http(s), the characters of a calendar's URI. */
export function calendarUrl(text: string): string | undefined {
  try {
    assertCalendarUri(text);
  } catch (error) {
    if (error instanceof OtsError) return undefined;
    throw error;
  }
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

/**
 * Who runs it, as far as its address tells: the last two labels of the host's name, or host and port where it is an address or a single
 * name. Errs towards taking two operators for one.
 */
export function operatorOf(calendar: string): string {
  const { hostname, host } = new URL(calendar);
  const labels = hostname.split('.');
  return labels.length < 2 || /^[\d.]+$/.test(hostname) ? host : labels.slice(-2).join('.');
}

export interface CalendarAllowList {
  calendars: readonly string[];
  /** `*.` in front stands for any host below. */
  hosts: readonly string[];
}

/**
 * Whether a calendar may be called. A proof names the calendars to ask later, and a proof comes from outside: only those that we were told to
 * use, and over https those on the listed hosts.
 */
export function isAllowedCalendar(url: string, { calendars, hosts }: CalendarAllowList): boolean {
  const { origin, protocol, hostname, port } = new URL(url);
  if (calendars.some((calendar) => new URL(calendar).origin === origin)) return true;
  if (protocol !== 'https:' || port !== '') return false;
  return hosts.some((host) => (host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host));
}
