import type { AssertionSigner } from '@artdag/actor-context';
import { createRelay, type Execute, type Transport } from '@artdag/messaging';
import type { SafeFetchClient } from '@artdag/safe-fetch';
import type { Logger, Metrics } from '@artdag/service-kit';
import type { Config } from './config.ts';
import { createConsumers } from './consumers/create-consumers.ts';
import { createIdentityClient } from './instance/identity-client.ts';
import { createInstanceSigner } from './instance/instance-signer.ts';
import { createCourier, type CourierTuning } from './revocations/courier.ts';
import { createHousekeeping, type HousekeepingTuning } from './revocations/housekeeping.ts';
import { createRevocationMetrics } from './revocations/metrics.ts';

/** Pace of what runs in the background; what is left out has the defaults. */
export interface RevocationTuning extends CourierTuning, HousekeepingTuning {
  retryDelaysMs?: readonly number[];
}

export interface RevocationSurroundings {
  config: Config;
  /** Runs autocommit statements. */
  execute: Execute;
  /** A transaction that sees the attachments of all users. */
  quietly: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  transport: Transport;
  safeFetch: SafeFetchClient;
  assertions: AssertionSigner;
  logger: Logger;
  now: () => Date;
  metrics: Metrics;
  tuning: RevocationTuning;
}

/** The outbox, the consumers, and the courier that tells L1s. */
export function composeRevocations(s: RevocationSurroundings) {
  const { config, execute, quietly, transport, safeFetch, logger, now, tuning } = s;
  const relay = createRelay({ execute, transport, logger, metrics: s.metrics });
  const metrics = createRevocationMetrics(s.metrics);
  const identity = createIdentityClient({
    identityUrl: config.identityUrl,
    assertionFor: (audience) => s.assertions.forService(audience),
  });
  const signer = createInstanceSigner(identity, now);
  const wake = (): void => {
    relay.wake();
    courier.wake();
  };
  /** Has what it wrote sent. */
  const transaction = async <T>(work: (execute: Execute) => Promise<T>): Promise<T> => {
    const result = await quietly(work);
    wake();
    return result;
  };
  const { publicUrl } = config;
  const { retryDelaysMs } = tuning;
  const elapsedMs = (): number => performance.now();
  const calling = { safeFetch, signer, publicUrl, now, elapsedMs };
  const courier = createCourier(
    { ...calling, ...{ execute, transaction: quietly, metrics, logger, retryDelaysMs } },
    tuning,
  );
  const consumers = createConsumers({ transport, transaction, logger, now });
  const tidying = createHousekeeping({ execute, transaction: quietly, metrics, logger, now }, tuning);
  const operating = { execute, now, wake };
  return { consumers, courier, loops: [relay, ...tidying], operating, transaction, wake };
}
