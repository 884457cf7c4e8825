import { isIP } from 'node:net';
import type { AddressPolicy } from './policy.ts';
import { SafeFetchError } from './safe-fetch-error.ts';

const maxUrlLength = 8192;

/**
 * Parses and checks a URL before anything is sent. `URL` has by then turned every spelling of an IPv4 address (decimal, octal,
 * hexadecimal, short, full-width digits) into dotted decimals, so that one check on the host covers them all.
 * Host names are vetted later, by the addresses that they have at the moment of dialling.
 */
export function vetUrl(text: string, policy: AddressPolicy): URL {
  if (text.length > maxUrlLength)
    throw refused(`A URL of ${text.length} characters is over the limit of ${maxUrlLength}.`);
  const url = URL.parse(text);
  if (url === null) throw refused('Not a URL: give an absolute https URL.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refused(`Refused a URL with the scheme ${url.protocol} Only https is called.`);
  }
  if (url.username !== '' || url.password !== '')
    throw refused(`Refused a URL with a user name or password in it, at ${url.host}.`);
  const ip = ipLiteral(url.hostname);
  if (ip !== undefined && !policy.permits(ip, url.protocol)) {
    throw new SafeFetchError('address_refused', policy.refusal(ip, [ip], url.protocol));
  }
  url.hash = '';
  return url;
}

/** The address in a URL's host, without brackets; undefined when the host is a name. */
export function ipLiteral(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIP(bare) === 0 ? undefined : bare;
}

/** A URL for messages and logs: without its query string, and not longer than a line. */
export function describeUrl(url: URL): string {
  const text = `${url.origin}${url.pathname}`;
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function refused(message: string): SafeFetchError {
  return new SafeFetchError('url_refused', message);
}
