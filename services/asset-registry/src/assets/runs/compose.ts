import { requireActor, requireScope } from '@artdag/actor-context';
import type { Express } from 'express';
import type { Shared } from '../../part.ts';
import type { RegisterAssetDeps } from '../register-asset.ts';
import type { RegistrationStore } from '../registration-writer.ts';
import type { PresentAssetDeps } from '../present-asset.ts';
import { createL1Runs } from './l1-runs.ts';
import { createLinkRepository } from './link.repository.ts';
import { listLinksRoute } from './list-links.route.ts';
import { recordRunRoute } from './record-run.route.ts';
import { createRecordedRunRepository } from './recorded-run.repository.ts';

type Deps = Pick<RegisterAssetDeps, 'fresh' | 'onRegistered'> & Pick<PresentAssetDeps, 'assets'>;

/** Outputs of runs, and what was made from what. */
export function composeRuns(shared: Shared, deps: Deps, store: RegistrationStore) {
  const { database, l1Bridge, attach } = shared;
  const links = createLinkRepository(database);
  const recorded = createRecordedRunRepository(database);
  const record = { ...shared, ...deps, store, recorded, l1Runs: createL1Runs(l1Bridge) };
  const list = { ...shared, ...deps, links };
  return {
    links,
    routes(app: Express): void {
      const scope = requireScope('assets:record');
      app.post('/assets/record-run', attach, requireActor(), scope, recordRunRoute(record));
      app.get('/assets/:name/made-from', attach, listLinksRoute(list, 'madeFrom'));
      app.get('/assets/:name/used-in', attach, listLinksRoute(list, 'usedIn'));
    },
  };
}
