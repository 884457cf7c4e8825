import { RemoteActorError } from './fetch-remote-actor.ts';

/** As many fetches are under way, or wait, as may be. */
export class FetchesBusyError extends RemoteActorError {}

/** Runs a fetch from that host when it may. Throws FetchesBusyError. */
export type FetchGate = <T>(host: string, fetch: () => Promise<T>) => Promise<T>;

export interface FetchGateOptions {
  /** Fetches at once, in all and from one host. */
  total: number;
  perHost: number;
  /** How many may wait for their turn, and how long. */
  waiting: number;
  waitMs: number;
}

interface Waiting {
  host: string;
  begin(): void;
}

/** As many sockets as safe-fetch opens to a host. */
export const fetchLimits: FetchGateOptions = { total: 64, perHost: 8, waiting: 256, waitMs: 3_000 };

/** Bounds what strangers can have us fetch, and how many of their requests wait for it. */
export function createFetchGate(o: FetchGateOptions): FetchGate {
  const busy = new Map<string, number>();
  const queue: Waiting[] = [];
  let running = 0;

  const isFree = (host: string): boolean => running < o.total && (busy.get(host) ?? 0) < o.perHost;
  const occupy = (host: string): void => {
    running += 1;
    busy.set(host, (busy.get(host) ?? 0) + 1);
  };
  const release = (host: string): void => {
    running -= 1;
    const left = (busy.get(host) ?? 1) - 1;
    if (left > 0) busy.set(host, left);
    else busy.delete(host);
    const next = queue.findIndex((waiting) => isFree(waiting.host));
    if (next !== -1) for (const waiting of queue.splice(next, 1)) waiting.begin();
  };
  const turnOf = (host: string): Promise<void> =>
    new Promise((resolve, reject) => {
      if (queue.length >= o.waiting) return reject(busyError());
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(busyError());
      }, o.waitMs);
      const begin = (): void => {
        clearTimeout(timer);
        occupy(host);
        resolve();
      };
      const waiting: Waiting = { host, begin };
      queue.push(waiting);
    });

  return async (host, fetch) => {
    if (isFree(host)) occupy(host);
    else await turnOf(host);
    try {
      return await fetch();
    } finally {
      release(host);
    }
  };
}

function busyError(): FetchesBusyError {
  return new FetchesBusyError('Too many keys are being fetched at this moment.');
}
