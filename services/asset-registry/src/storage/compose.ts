import { requireActor, requireScope, requireService } from '@artdag/actor-context';
import { masterKeys } from '@artdag/envelope';
import { executeWithPg } from '@artdag/messaging';
import { createSafeFetch } from '@artdag/safe-fetch';
import { version } from '@artdag/service-kit';
import type { Part, Shared } from '../part.ts';
import { requireReadable } from './access.ts';
import { addStorageRoute } from './add-storage.route.ts';
import { changeStorageRoute } from './change-storage.route.ts';
import { askForChecksRoute } from './checks/ask-for-checks.route.ts';
import { createCheckClaimRepository } from './checks/check-claim.repository.ts';
import { createCheckMetrics } from './checks/check-metrics.ts';
import { createCheckRepository } from './checks/check.repository.ts';
import { createChecker, type CheckerOptions } from './checks/checker.ts';
import { getStorageRoute } from './get-storage.route.ts';
import { listStorageRoute } from './list-storage.route.ts';
import { getPinRoute } from './pins/get-pin.route.ts';
import { listCopiesRoute } from './pins/list-copies.route.ts';
import { listPinsRoute } from './pins/list-pins.route.ts';
import { createPinChangesRepository } from './pins/pin-changes.repository.ts';
import { createPinRepository } from './pins/pin.repository.ts';
import { recordPinRoute } from './pins/record-pin.route.ts';
import { releasePinRoute } from './pins/release-pin.route.ts';
import { createLocalFolders } from './providers/local-folders.ts';
import { createSend, publicHosts, type ProviderHosts } from './providers/provider-calls.ts';
import type { CheckProviderDeps } from './checks/check-provider.ts';
import { removeStorageRoute } from './remove-storage.route.ts';
import { rewrapStorageRoute } from './rewrap/rewrap-storage.route.ts';
import { sealedStorageRepository } from './rewrap/sealed-storage.repository.ts';
import { createStorageRepository } from './storage.repository.ts';
import { testStorageRoute } from './test-storage.route.ts';

/** What a test replaces. */
export interface StorageOverrides extends CheckerOptions {
  hosts?: Partial<ProviderHosts>;
  now?: () => Date;
}

/** Where people keep copies, and whether they are still there. */
export function composeStorage(shared: Shared, overrides: StorageOverrides = {}): Part {
  const { config, database, logger, metrics, attach } = shared;
  const { now = shared.now } = overrides;
  const keys = masterKeys(config.dataEncryptionKey, config.otherDataEncryptionKeys);
  const ways = composeCalls({ ...shared, now }, overrides.hosts);
  const { callsFor } = ways;
  const checks = createCheckRepository(database);
  const checker = createChecker(
    {
      ...{ checks, keys, callsFor, now, logger, metrics: createCheckMetrics(metrics, checks) },
      ...{ claims: createCheckClaimRepository(database), intervalMs: config.storageCheckIntervalMs },
    },
    overrides,
  );
  const deps = {
    ...{ keys, callsFor, now, logger, wakeChecker: () => checker.wake() },
    ...{ storage: createStorageRepository(database), pins: createPinRepository(database) },
    pinChanges: createPinChangesRepository(database),
  };
  const system: typeof shared.transaction = (work) =>
    database.pgTransaction((client) => work(executeWithPg(client)), { system: true });
  const may = [attach, requireActor(), requireReadable()];
  const manages = [attach, requireActor(), requireScope('storage:manage')];
  return {
    routes(app) {
      app.get('/storage', may, listStorageRoute(deps));
      app.post('/storage', manages, addStorageRoute(deps));
      app.get('/storage/:id', may, getStorageRoute(deps));
      app.patch('/storage/:id', manages, changeStorageRoute(deps));
      app.delete('/storage/:id', manages, removeStorageRoute(deps));
      app.post('/storage/:id/test', manages, testStorageRoute(deps));
      app.post('/storage/:id/check', manages, askForChecksRoute(deps));
      app.get('/storage/:id/pins', may, listPinsRoute(deps));
      app.post('/storage/:id/pins', manages, recordPinRoute(deps));
      app.get('/storage/:id/pins/:content_hash', may, getPinRoute(deps));
      app.delete('/storage/:id/pins/:content_hash', manages, releasePinRoute(deps));
      app.get('/assets/:name/copies', may, listCopiesRoute(deps));
      const rewrapping = { sealed: sealedStorageRepository, keys, transaction: system };
      app.post('/internal/admin/storage/rewrap', requireService('admin'), rewrapStorageRoute(rewrapping));
    },
    start: () => checker.start(),
    async stop() {
      ways.abort();
      await checker.stop();
      await ways.close();
    },
  };
}

/** Who may be called for whom: `ALLOWED_PRIVATE_CIDRS` counts for everybody but where it is for system administrators. */
function composeCalls({ config, safeFetch, now }: Shared, hosts: Partial<ProviderHosts> = {}) {
  const publicOnly = createSafeFetch({
    allowedPrivateCidrs: [],
    userAgent: `artdag/${version} (+${config.publicUrl})`,
  });
  const ended = new AbortController();
  const common = {
    ...{ now, signal: ended.signal, hosts: { ...publicHosts, ...hosts } },
    folders: createLocalFolders(config.storageLocalRoot),
  };
  const everybody = { ...common, send: createSend(safeFetch) };
  const strangers = { ...common, send: createSend(publicOnly) };
  const callsFor: CheckProviderDeps['callsFor'] = (type, { isSysadmin }) =>
    type.sysadmin === 'private-addresses' && !isSysadmin ? strangers : everybody;
  return { callsFor, abort: () => ended.abort(), close: () => publicOnly.close() };
}
