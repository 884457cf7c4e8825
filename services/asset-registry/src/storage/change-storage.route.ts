import { actorOf } from '@artdag/actor-context';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from './access.ts';
import { changeStorage } from './change-storage.ts';
import type { StorageDeps } from './storage-deps.ts';
import { storageIdOf } from './storage-id.ts';
import { storageChangeSchema } from './storage-schemas.ts';

/** `PATCH /storage/{id}` (scope storage:manage) */
export function changeStorageRoute(deps: StorageDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const id = storageIdOf(req.params.id);
    const change = validate('body', storageChangeSchema, req.body);
    res.json(await changeStorage(deps, callerOf(actorOf(req)), id, change));
  };
}
