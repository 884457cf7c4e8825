import type { IncomingMessage } from 'node:http';
import { type MSignCredentials, MSignMalformed, normaliseHost, parseCredentials } from '@artdag/msign';
import { type MSignRefusals, unsignable } from './refusals.ts';

export interface HeaderRules {
  refusals: MSignRefusals;
  publicScheme: 'http' | 'https';
  /** Normalised. */
  publicHosts: readonly string[];
  now: () => Date;
}

/** What a signed request says before its body. */
export interface SignedHead extends MSignCredentials {
  /** Normalised, and one of ours. */
  host: string;
}

const maxBytes = 2048;
const skewSeconds = 30;
const maxTarget = 16_384;
/** Node lets other characters in, which clients and servers write as different bytes. */
const signableTarget = /^[!-~]+$/;
const schemeLength = 'MSign '.length;

/**
 * Everything that can be checked before a byte of the body: what it costs us is nothing beside what it costs to send.
 *
 * @throws AppError 400 `invalid_path`, 401 `msign_malformed`, `msign_skew` with `server_time`, or `msign_host`
 */
export function readHead(request: IncomingMessage, rules: HeaderRules): SignedHead {
  const { refusals } = rules;
  const header = request.headers.authorization ?? '';
  const { authorizations, hosts } = countHeaders(request.rawHeaders);
  if (authorizations !== 1) throw refusals.malformed('it came more than once');
  // A character is a byte there.
  if (header.length > maxBytes) throw refusals.malformed(`it is longer than ${maxBytes} bytes`);
  const credentials = parse(header.slice(schemeLength).trim(), refusals);
  const now = Math.floor(rules.now().getTime() / 1000);
  if (Math.abs(now - credentials.ts) > skewSeconds) throw refusals.skewed(now);
  const host = normaliseHost(request.headers.host ?? '', rules.publicScheme);
  if (hosts !== 1 || !rules.publicHosts.includes(host)) throw refusals.wrongHost();
  const { url = '' } = request;
  if (url.length > maxTarget || !signableTarget.test(url)) throw unsignable(maxTarget);
  return { ...credentials, host };
}

function parse(text: string, refusals: MSignRefusals): MSignCredentials {
  try {
    return parseCredentials(text);
  } catch (error) {
    if (error instanceof MSignMalformed) throw refusals.malformed(error.message);
    throw error;
  }
}

/** Of two, somebody else may pick the other. */
function countHeaders(rawHeaders: readonly string[]): { authorizations: number; hosts: number } {
  let authorizations = 0;
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 13 && name.toLowerCase() === 'authorization') authorizations += 1;
    else if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return { authorizations, hosts };
}
