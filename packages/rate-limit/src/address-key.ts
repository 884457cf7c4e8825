import { normaliseAddress } from '@artdag/service-kit';

const maxChars = 64;

/**
 * What an address is counted under: IPv4 as it is (IPv4-mapped IPv6 too), IPv6 by its /64, as that is what one customer gets and may
 * hop about in at will. A text that is no address counts as itself, shortened.
 */
export function addressKey(ip: string): string {
  if (!ip.includes(':')) return ip.slice(0, maxChars);
  const address = normaliseAddress(ip.split('%', 1)[0] ?? '');
  if (address === undefined) return ip.slice(0, maxChars);
  return address.includes(':') ? `${firstGroups(address).join(':')}::/64` : address;
}

/** The first four groups of an IPv6 address in its usual form; `::` stands for as many zeros as are missing. */
function firstGroups(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  if (tail === undefined) return left.slice(0, 4);
  const right = tail === '' ? [] : tail.split(':');
  const zeros: string[] = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4);
}
