import type { Database } from '@artdag/database/auth';
import type { KeyValueStore } from '@artdag/key-value';
import { createRevocationReader } from '@artdag/revocation';
import type { Logger, Metrics } from '@artdag/service-kit';
import { createDenialRepository } from './denials.repository.ts';
import { createHousekeeping } from './housekeeping.ts';
import { createKeeper } from './keeper.ts';
import { createLeader } from './leader.ts';
import { createLeaseRepository } from './lease.repository.ts';
import { createPruneRepository } from './prune.repository.ts';
import { createRevoker } from './revoker.ts';
import { createStoreLoad } from './store-load.ts';

export interface RevocationOptions {
  database: Database;
  store: KeyValueStore;
  logger: Logger;
  metrics: Metrics;
  now: () => Date;
}

/** Everything by which a credential is taken back, and by which auth itself asks whether one was. */
export function composeRevocation({ database, store, logger, metrics, now }: RevocationOptions) {
  const denials = createDenialRepository(database);
  const deniedAmong = (ids: readonly string[]) => denials.findReasons(ids, now());
  const revocations = createRevocationReader({ store, logger, askTruth: deniedAmong });
  const load = createStoreLoad({ store, denials });
  const keeper = createKeeper({ store, denials, load, logger, metrics, now });
  const revoker = createRevoker({ store, denials, load, keeper, reader: revocations, logger, metrics, now });
  const leader = createLeader({ leases: createLeaseRepository(database), job: 'auth-housekeeping', logger, metrics });
  const housekeeping = createHousekeeping({ prunes: createPruneRepository(database), leader, logger, now });
  return { deniedAmong, revocations, keeper, revoker, housekeeping };
}
