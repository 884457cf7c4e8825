import { SafeFetchError } from './safe-fetch-error.ts';
import { describeUrl } from './vet-url.ts';

export interface Hop {
  url: URL;
  method: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer | string | undefined;
}

/** Headers that speak for the caller to one origin, and must not be shown to another. */
const originBound = ['authorization', 'cookie', 'proxy-authorization', 'signature', 'signature-input'];
const bodyBound = [
  'content-type',
  'content-encoding',
  'content-language',
  'content-location',
  'digest',
  'content-digest',
];

export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** The request that a redirect asks for (RFC 9110 §15.4, with the Fetch standard's change of POST to GET); its URL is not vetted yet. */
export function nextHop(hop: Hop, status: number, location: string | undefined): Hop {
  const url = location === undefined ? null : URL.parse(location, hop.url.href);
  if (url === null) {
    throw new SafeFetchError(
      'redirect_refused',
      `${describeUrl(hop.url)} answered ${status} without a usable Location.`,
    );
  }
  const becomesGet =
    status === 303 ? hop.method !== 'HEAD' : (status === 301 || status === 302) && hop.method === 'POST';
  const dropped = [...(url.origin === hop.url.origin ? [] : originBound), ...(becomesGet ? bodyBound : [])];
  return {
    url,
    method: becomesGet ? 'GET' : hop.method,
    headers: Object.fromEntries(Object.entries(hop.headers).filter(([name]) => !dropped.includes(name))),
    body: becomesGet ? undefined : hop.body,
  };
}
