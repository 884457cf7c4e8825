import type { Challenge } from '../edge/challenge.ts';

/** Belong to the connection between gateway and service (RFC 9110 §7.6.1), or are ours to say. */
const dropped = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'x-request-id'],
]);

const maxRemembered = 2000;
const remembered = new Map<string, boolean>();

/**
 * A service's raw response headers as the client gets them: order, spelling and duplicates kept.
 *
 * @param raw name, value, name, value, … as undici hands them over
 * @param vary what the choice of this representation depended on; added to the service's own `Vary`
 * @param clearCookies `Set-Cookie` values; a cookie that the service sets itself is not cleared
 * @returns name, value, name, value, …, and the announced length of the body
 */
export function responseHeaders(
  raw: readonly (Buffer | string)[],
  vary: string | undefined,
  clearCookies: readonly string[],
): { headers: string[]; length: number | undefined } {
  const headers: string[] = [];
  let length: number | undefined;
  let missing = vary;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = text(raw[at]);
    if (isDropped(name)) continue;
    const value = text(raw[at + 1]);
    if (missing !== undefined && name.length === 4 && name.toLowerCase() === 'vary' && covers(value, missing)) {
      missing = undefined;
    }
    if (name.length === 14 && name.toLowerCase() === 'content-length') length = Number(value);
    headers.push(name, value);
  }
  if (missing !== undefined) headers.push('Vary', missing);
  if (clearCookies.length > 0) pushClearing(headers, clearCookies);
  return { headers, length };
}

/** Puts our realm into the `WWW-Authenticate` of a service. @param headers name, value, name, value, … */
export function rewriteChallenges(headers: string[], challenge: Challenge): void {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() === 'www-authenticate') headers[at + 1] = challenge.rewrite(headers[at + 1] ?? '');
  }
}

function isDropped(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const drop = dropped.has(name.toLowerCase());
  if (remembered.size < maxRemembered) remembered.set(name, drop);
  return drop;
}

/** Signing in with a stale cookie answers with the new one, which must stay. */
function pushClearing(headers: string[], clearCookies: readonly string[]): void {
  const set = headers
    .filter((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === 'set-cookie')
    .map(cookieName);
  for (const line of clearCookies) if (!set.includes(cookieName(line))) headers.push('Set-Cookie', line);
}

function cookieName(setCookie: string): string {
  return setCookie.slice(0, setCookie.indexOf('=')).trim();
}

function covers(value: string, wanted: string): boolean {
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  return wanted.split(',').every((name) => names.includes(name.trim().toLowerCase()) || names.includes('*'));
}

function text(part: Buffer | string | undefined): string {
  if (part === undefined) return '';
  return typeof part === 'string' ? part : part.toString('latin1');
}
