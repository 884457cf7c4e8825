import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { callerOf } from './access.ts';
import type { StorageDeps } from './storage-deps.ts';
import { storageIdOf } from './storage-id.ts';
import { testStorage } from './test-storage.ts';

/** `POST /storage/{id}/test` (scope storage:manage) → 200, whatever the test says */
export function testStorageRoute(deps: StorageDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    res.json(await testStorage(deps, callerOf(actorOf(req)), storageIdOf(req.params.id)));
  };
}
