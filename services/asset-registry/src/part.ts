import type { Database } from '@artdag/database/registry';
import type { KeyValueStore } from '@artdag/key-value';
import type { Consumer, Execute, Transport } from '@artdag/messaging';
import type { SafeFetchClient } from '@artdag/safe-fetch';
import type { Health, Logger, Metrics } from '@artdag/service-kit';
import type { Express, RequestHandler } from 'express';
import type { Config } from './config.ts';
import type { ErasedNames } from './erasure/erased-names.ts';
import type { ActorKeys } from './signing/actor-keys.ts';
import type { ClaimSigner } from './signing/claim-signer.ts';
import type { IdentityClient } from './signing/identity-client.ts';
import type { ServiceClient } from './service-client.ts';
import type { Urls } from './urls.ts';

/** What every part of asset-registry is made from. */
export interface Shared {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  now: () => Date;
  database: Database;
  /** Autocommit statements. */
  execute: Execute;
  /** One transaction on one connection; the relay is woken after its commit. */
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  transport: Transport;
  store: KeyValueStore;
  /** Publishes what the outbox holds, now. */
  wakeRelay: () => void;
  /** Counts a signed activity that was stored, and has its event published. */
  onClaim: (type: 'Create' | 'Update' | 'Delete') => void;
  urls: Urls;
  identity: IdentityClient;
  /** The only way to L1 servers. */
  l1Bridge: ServiceClient;
  /** Actors' present keys, as claims have to name them. */
  keys: ActorKeys;
  /** For signers of their own; undefined: the usual. */
  signingTimeoutMs: number | undefined;
  signer: ClaimSigner;
  /** Names that stay taken although they are erased. */
  names: ErasedNames;
  /** The only way out to addresses that people chose. */
  safeFetch: SafeFetchClient;
  /** Verifies `X-Actor-Assertion`; who is asked for is `req.actor`. */
  attach: RequestHandler;
}

/** One part of the service: its routes, what it consumes, what it does by itself. */
export interface Part {
  routes?(app: Express): void;
  consumers?: readonly Consumer[];
  start?(): void | Promise<void>;
  /** Finishes what is in hand. */
  stop?(): Promise<void>;
}
