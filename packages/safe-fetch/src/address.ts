import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Cidr = readonly [Address, number];

/** The one IPv6 block that IANA hands out to the public internet (RFC 4291 §2.4). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** Metadata services that sit on addresses which are otherwise public: Azure's wire server. */
const publicMetadata = new Set(['168.63.129.16']);

/**
 * Whether an address must not be called: anything but public unicast, unless it is inside `allowed` (CIDRs or single addresses).
 * IPv4-mapped IPv6 counts as the IPv4 address that it is. A text that is no address, or has a zone, is refused.
 */
export function isRefusedAddress(ip: string, allowed: readonly string[]): boolean {
  const cidrs = parseCidrs(allowed);
  return !isPublicAddress(ip) && !isInside(ip, cidrs);
}

/** True for unicast addresses of the public internet that are no cloud's metadata service. */
export function isPublicAddress(ip: string): boolean {
  const address = parseAddress(ip);
  if (address === undefined || address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' ? !publicMetadata.has(address.toString()) : address.match(globalUnicast);
}

export function isInside(ip: string, cidrs: readonly Cidr[]): boolean {
  const address = parseAddress(ip);
  if (address === undefined) return false;
  return cidrs.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}

/** Throws TypeError for a text that is no CIDR, as a wrong allow-list must stop the start, not the first request. */
export function parseCidrs(texts: readonly string[]): Cidr[] {
  return texts.map(parseCidr);
}

function parseCidr(text: string): Cidr {
  const [ip = '', prefix, ...rest] = text.trim().split('/');
  const network = parseAddress(ip);
  const width = isIP(ip) === 4 ? 32 : 128;
  // ::ffff:10.0.0.0/104 means 10.0.0.0/8: addresses are compared after the same normalisation.
  const mappedBits = width === 128 && network?.kind() === 'ipv4' ? 96 : 0;
  const bits = prefix === undefined ? width : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (network === undefined || rest.length > 0 || !(bits >= mappedBits && bits <= width)) {
    throw new TypeError(`ALLOWED_PRIVATE_CIDRS: got "${text}", wants addresses or ranges such as 127.0.0.0/8 or ::1`);
  }
  return [network, bits - mappedBits];
}

function parseAddress(ip: string): Address | undefined {
  const version = ip.includes('%') ? 0 : isIP(ip);
  if (version === 0) return undefined;
  if (version === 4) return ipaddr.IPv4.parse(ip);
  // Written in hexadecimal first: the parser takes the deprecated ::8.8.8.8 for ::ffff:8.8.8.8.
  const address = ipaddr.IPv6.parse(new URL(`http://[${ip}]`).hostname.slice(1, -1));
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}
