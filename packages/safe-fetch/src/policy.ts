import { isInside, isPublicAddress, parseCidrs } from './address.ts';

export interface AddressPolicy {
  /** Whether a connection of this protocol (`https:` or `http:`) may be opened to the address. */
  permits(ip: string, protocol: string): boolean;
  /** What to tell whoever asked for it. */
  refusal(host: string, ips: readonly string[], protocol: string): string;
}

/** https to the public internet and to the allow-list; http, which anybody on the way can read and change, to the allow-list only. */
export function createAddressPolicy(allowedPrivateCidrs: readonly string[]): AddressPolicy {
  const allowed = parseCidrs(allowedPrivateCidrs);
  return {
    permits: (ip, protocol) => isInside(ip, allowed) || (protocol === 'https:' && isPublicAddress(ip)),
    refusal(host, ips, protocol) {
      const refused = ips.slice(0, 3).join(', ');
      const what = host === ips[0] ? host : `${host} (${refused})`;
      if (protocol !== 'https:' && ips.some(isPublicAddress)) {
        return `Refused to call ${what} over plain http: use https, or add the address to ALLOWED_PRIVATE_CIDRS if it is one of your own.`;
      }
      return `Refused to call ${what}: it is not a public address. If it is one of your own and meant to be called, add it to ALLOWED_PRIVATE_CIDRS.`;
    },
  };
}
