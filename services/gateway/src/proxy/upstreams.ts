import { AppError, RETRY_AFTER_SECONDS } from '@artdag/service-kit';
import { Pool } from 'undici';
import type { Upstream } from '../route-table.ts';

export type UpstreamUrls = Record<Upstream, string>;

/** Kept connections to every service. */
export interface Upstreams {
  of(name: Upstream): Pool;
  /**
   * Connections for what the gateway itself asks, which no visitor holds: a client that takes its answer slowly, or never,
   * keeps one of the others.
   */
  ownOf(name: Upstream): Pool;
  /**
   * Counts a request in.
   * @throws AppError 503 when as many wait for this service as is good for it and for us
   */
  enter(name: Upstream): void;
  leave(name: Upstream): void;
  /** Names in a stable order. */
  names: readonly Upstream[];
  close(): Promise<void>;
}

export interface UpstreamTimeouts {
  connectMs: number;
  /** Longest wait for the first byte, and between any two bytes, of an answer. */
  answerMs: number;
}

const connectionsPerService = 128;
const ownConnections = 32;
/** Beyond these, waiting for a service that hangs would only fill the memory. */
const maxInFlight = 4096;

export function createUpstreams(urls: UpstreamUrls, timeouts: UpstreamTimeouts): Upstreams {
  const open = (origin: string, connections = connectionsPerService): Pool =>
    new Pool(origin, {
      connections,
      pipelining: 1,
      connect: { timeout: timeouts.connectMs },
      headersTimeout: timeouts.answerMs,
      bodyTimeout: timeouts.answerMs,
    });
  const pools: Record<Upstream, Pool> = {
    auth: open(urls.auth),
    identity: open(urls.identity),
    'asset-registry': open(urls['asset-registry']),
    federation: open(urls.federation),
    'l1-bridge': open(urls['l1-bridge']),
    web: open(urls.web),
  };
  const own = new Map<Upstream, Pool>();
  const inFlight = new Map<Upstream, number>();
  return {
    of: (name) => pools[name],
    ownOf(name) {
      const pool = own.get(name) ?? open(urls[name], ownConnections);
      own.set(name, pool);
      return pool;
    },
    enter(name) {
      const count = inFlight.get(name) ?? 0;
      if (count >= maxInFlight) throw overloaded();
      inFlight.set(name, count + 1);
    },
    leave(name) {
      inFlight.set(name, (inFlight.get(name) ?? 1) - 1);
    },
    names: ['auth', 'identity', 'asset-registry', 'federation', 'l1-bridge', 'web'],
    async close() {
      await Promise.all([...Object.values(pools), ...own.values()].map((pool) => pool.destroy()));
    },
  };
}

function overloaded(): AppError {
  return new AppError(
    'dependency_unavailable',
    503,
    'Too many requests wait for a part of the service; try again shortly.',
    {
      headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    },
  );
}
