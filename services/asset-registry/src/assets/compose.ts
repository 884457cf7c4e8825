import { requireActor, requireScope } from '@artdag/actor-context';
import { createLoop } from '@artdag/service-kit';
import type { Part, Shared } from '../part.ts';
import { createAssetListRepository } from './asset-list.repository.ts';
import { composeBatches } from './batch/compose.ts';
import { registerBatchRoute } from './batch/register-batch.route.ts';
import { createChangeDeps } from './changes/compose.ts';
import { deleteAssetRoute } from './changes/delete-asset.route.ts';
import { patchAssetRoute } from './changes/patch-asset.route.ts';
import { createAssetRepository } from './asset.repository.ts';
import { createFreshValues } from './fresh-values.ts';
import { getAssetRoute } from './get-asset.route.ts';
import { createIdempotencyRepository } from './idempotency.repository.ts';
import { listAssetsRoute } from './list-assets.route.ts';
import { composeRuns } from './runs/compose.ts';
import { registerAssetRoute } from './register-asset.route.ts';
import { createRegistrationRepository } from './registration.repository.ts';
import { createRegistrationWriter } from './registration-writer.ts';

const pruneEveryMs = 15 * 60_000;

/** Assets, and the claims that come with them. */
export function composeAssets(shared: Shared): Part {
  const { database, now, logger, metrics, attach } = shared;
  const registered = metrics.counter('assets_registered_total', 'Assets registered by this process.');
  const idempotency = createIdempotencyRepository(database, now);
  const registrations = createRegistrationRepository(database, shared.names);
  const deps = {
    ...shared,
    ...createChangeDeps(shared),
    idempotency,
    writer: createRegistrationWriter(registrations),
    assets: createAssetRepository(database),
    assetList: createAssetListRepository(database, now),
    fresh: createFreshValues(now),
    onRegistered() {
      registered.inc();
      shared.onClaim('Create');
    },
  };
  const batches = composeBatches(shared, deps, registrations);
  const runs = composeRuns(shared, deps, registrations);
  const run = (): Promise<void> => idempotency.prune();
  const prune = createLoop({ name: 'idempotency prune', everyMs: pruneEveryMs, run, logger });
  return {
    routes(app) {
      app.post('/assets', attach, requireActor(), requireScope('assets:create'), registerAssetRoute(deps));
      app.post(
        '/assets/batch',
        ...[attach, requireActor(), requireScope('assets:create'), registerBatchRoute(batches.deps)],
      );
      app.get('/assets', attach, listAssetsRoute(deps));
      app.get('/assets/:name', attach, getAssetRoute({ ...deps, links: runs.links }));
      runs.routes(app);
      app.patch('/assets/:name', attach, requireActor(), requireScope('assets:update'), patchAssetRoute(deps));
      app.delete('/assets/:name', attach, requireActor(), requireScope('assets:delete'), deleteAssetRoute(deps));
    },
    start: () => prune.start(),
    async stop() {
      await Promise.all([prune.stop(), batches.stop()]);
    },
  };
}
