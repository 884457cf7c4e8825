import { actorOf } from '@artdag/actor-context';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from './access.ts';
import { addStorage } from './add-storage.ts';
import type { StorageDeps } from './storage-deps.ts';
import { newStorageSchema } from './storage-schemas.ts';

/** `POST /storage` (scope storage:manage) → 201 */
export function addStorageRoute(deps: StorageDeps): RequestHandler {
  return async (req, res) => {
    const body = validate('body', newStorageSchema, req.body);
    const storage = await addStorage(deps, callerOf(actorOf(req)), body);
    res.status(201).location(`/storage/${storage.id}`).json(storage);
  };
}
