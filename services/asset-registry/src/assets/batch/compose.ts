import { createWindowLimiter } from '@artdag/rate-limit';
import { toAppError } from '@artdag/service-kit';
import { createLane } from '../../batching/lane.ts';
import type { Shared } from '../../part.ts';
import { createClaimSigner } from '../../signing/claim-signer.ts';
import type { RegisterAssetDeps } from '../register-asset.ts';
import type { RegistrationStore } from '../registration-writer.ts';
import { createExistingAssets } from './existing-assets.repository.ts';
import { createLineRate } from './line-rate.ts';
import { createPlaces } from './places.ts';
import type { RegisterBatchDeps } from './register-batch.ts';

/** Chunks of lines under way over all batches: one is signed while another is stored. */
const laneWidth = 3;

/**
 * Batches have a signer, a lane and statements of their own: whoever registers one work never waits behind thousands of somebody's.
 */
export function composeBatches(
  shared: Shared,
  { fresh, onRegistered }: Pick<RegisterAssetDeps, 'fresh' | 'onRegistered'>,
  store: RegistrationStore,
) {
  const { urls, keys, identity, logger, database } = shared;
  const limiter = createWindowLimiter({ store: shared.store, logger });
  let stopping = false;
  const deps: RegisterBatchDeps & { places: ReturnType<typeof createPlaces> } = {
    ...{ urls, keys, fresh, store, onRegistered },
    signer: createClaimSigner(identity, shared.signingTimeoutMs),
    existing: createExistingAssets(database),
    lane: createLane(laneWidth),
    places: createPlaces(),
    rate: createLineRate(limiter, shared.config.batchLinesPerMinute),
    isStopping: () => stopping,
    onError(error) {
      const answer = toAppError(error);
      if (answer.status >= 500) {
        const level = answer.code === 'internal_error' ? 'error' : 'warn';
        logger.log(level, `a line of a batch: ${answer.code}`, { error });
      }
      return answer;
    },
  };
  return {
    deps,
    async stop() {
      stopping = true;
      await limiter.close();
    },
  };
}
