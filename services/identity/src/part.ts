import type { Database } from '@artdag/database/identity';
import type { Invalidations, KeyValueStore } from '@artdag/key-value';
import type { Consumer, Execute, Transport } from '@artdag/messaging';
import type { FailureLimiter } from '@artdag/rate-limit';
import type { Logger, Metrics } from '@artdag/service-kit';
import type { Express, RequestHandler } from 'express';
import type { ActorDirectory } from './actors/actor-directory.ts';
import type { AuthClient } from './actors/auth-client.ts';
import type { Config } from './config.ts';

/** What every part of identity is made from. */
export interface Shared {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  now: () => Date;
  database: Database;
  /** Autocommit statements. */
  execute: Execute;
  /** One transaction on one connection; the relay is woken after its commit. */
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  transport: Transport;
  store: KeyValueStore;
  auth: AuthClient;
  actors: ActorDirectory;
  /** What replicas tell each other about what they keep in memory. */
  invalidations: Invalidations;
  /** Failed proofs by address, shared with auth's password failures and the gateway's. */
  failures: FailureLimiter;
  /** Verifies `X-Actor-Assertion`. */
  attach: RequestHandler;
}

/** One part of the service: its routes, what it consumes, what it does by itself. */
export interface Part {
  routes?(app: Express): void;
  consumers?: readonly Consumer[];
  start?(): void | Promise<void>;
  stop?(): Promise<void>;
}
