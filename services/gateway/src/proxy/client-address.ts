import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { type CidrMatcher, normaliseAddress } from '@artdag/service-kit';

/** Where a request really comes from, as far as it can be known. */
export interface Client {
  address: string;
  protocol: 'http' | 'https';
}

/**
 * The socket's address, unless that is a trusted proxy's: then `X-Forwarded-For` is read from the right, up to the
 * first address that is no trusted proxy. What stands left of it was written by the caller and counts for nothing.
 * `X-Forwarded-Proto` is believed from a trusted proxy alone; without one the connection itself was plain HTTP.
 */
export function clientOf(request: IncomingMessage, trusted: CidrMatcher): Client {
  const socketAddress = request.socket.remoteAddress ?? '';
  if (!trusted.matches(socketAddress)) return { address: usual(socketAddress), protocol: 'http' };
  return { address: furthest(request, trusted, socketAddress), protocol: protocolOf(request) };
}

function furthest(request: IncomingMessage, trusted: CidrMatcher, socketAddress: string): string {
  let address = usual(socketAddress);
  for (const hop of single(request.headers['x-forwarded-for']).split(',').toReversed()) {
    const next = normaliseAddress(hop.trim());
    if (next === undefined) return address;
    address = next;
    if (!trusted.matches(address)) return address;
  }
  return address;
}

function protocolOf(request: IncomingMessage): 'http' | 'https' {
  const nearest = single(request.headers['x-forwarded-proto']).split(',').at(-1)?.trim().toLowerCase();
  return nearest === 'https' ? 'https' : 'http';
}

/** Reading an address takes microseconds, and the same few connections ask again and again. */
const remembered = new LRUCache<string, string>({ max: 1000 });

/** A dual-stack socket shows IPv4 addresses as `::ffff:10.0.0.1`. */
function usual(socketAddress: string): string {
  if (!socketAddress.includes(':')) return socketAddress;
  let address = remembered.get(socketAddress);
  if (address === undefined) {
    address = normaliseAddress(socketAddress) ?? socketAddress;
    remembered.set(socketAddress, address);
  }
  return address;
}

/** Node joins repeated headers of this kind with commas; its types do not know that. */
function single(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}
