import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

type Range = ReturnType<typeof ipaddr.parseCIDR>;

export interface CidrMatcher {
  /** Whether the address lies in one of the ranges. An IPv4-mapped IPv6 address counts as the IPv4 address it is. */
  matches(address: string): boolean;
}

/** Parses `10.0.0.0/8`, `::1/128` or a bare address (taken as that one address). Throws on anything else. */
export function parseCidr(text: string): Range {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128] as Range;
}

/** The address in its usual form (`::ffff:10.0.0.1` → `10.0.0.1`), or undefined when it is none. */
export function normaliseAddress(text: string): string | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : undefined;
}

/** Answers are remembered, as the same few peers ask again and again. */
export function createCidrMatcher(cidrs: readonly string[]): CidrMatcher {
  const ranges = cidrs.map(parseCidr);
  const known = new LRUCache<string, boolean>({ max: 1000 });
  const check = (text: string): boolean => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
  };
  return {
    matches(address) {
      let answer = known.get(address);
      if (answer === undefined) {
        answer = check(address);
        known.set(address, answer);
      }
      return answer;
    },
  };
}
