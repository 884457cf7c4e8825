import { lookup as systemLookup } from 'node:dns/promises';

export interface ResolvedAddress {
  address: string;
  family: number;
}

/** Every address of a host name, in the order in which they should be tried. */
export type Lookup = (hostname: string) => Promise<ResolvedAddress[]>;

/**
 * The system's resolver, so that /etc/hosts counts. Look-ups of one name share a call: a name whose servers never answer
 * holds one thread of libuv's pool, not one per request.
 */
export function createSystemLookup(): Lookup {
  const pending = new Map<string, Promise<ResolvedAddress[]>>();
  return (hostname) => {
    const running = pending.get(hostname);
    if (running !== undefined) return running;
    const started = systemLookup(hostname, { all: true }).finally(() => pending.delete(hostname));
    pending.set(hostname, started);
    return started;
  };
}
