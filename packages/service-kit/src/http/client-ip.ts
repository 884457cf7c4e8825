import type { Express, Request } from 'express';
import { type CidrMatcher, createCidrMatcher, normaliseAddress } from '../cidr.ts';

const SETTING = 'artdag trusted proxies';

/** Tells clientIp whose X-Forwarded-For to believe. */
export function trustProxies(app: Express, cidrs: readonly string[]): void {
  app.set(SETTING, createCidrMatcher(cidrs));
}

/**
 * The caller's address: the socket's, unless that is a trusted proxy's. Then X-Forwarded-For is read from the right,
 * up to the first address that is not a trusted proxy; what stands left of it was written by the caller.
 */
export function clientIp(req: Request): string {
  const socketAddress = req.socket.remoteAddress ?? '';
  const trusted = req.app.get(SETTING) as CidrMatcher | undefined;
  let ip = normaliseAddress(socketAddress) ?? socketAddress;
  if (trusted?.matches(ip) !== true) return ip;
  const forwarded = req.headers['x-forwarded-for'];
  const hops = (typeof forwarded === 'string' ? forwarded : '').split(',').toReversed();
  for (const hop of hops) {
    const address = normaliseAddress(hop.trim());
    if (address === undefined) return ip;
    ip = address;
    if (!trusted.matches(ip)) return ip;
  }
  return ip;
}
