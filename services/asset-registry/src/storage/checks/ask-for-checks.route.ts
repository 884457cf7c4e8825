import { actorOf } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import type { PinDeps } from '../pins/record-pin.ts';
import { storageIdOf, storageNotFound } from '../storage-id.ts';

/** What was looked at a moment ago is not again. */
const restMs = 60_000;

/** `POST /storage/{id}/check` (scope storage:manage) → 202 with how many pins are due now; 409 `storage_inactive` */
export function askForChecksRoute(deps: PinDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const storageId = storageIdOf(req.params.id);
    const { actor_id: actorId } = actorOf(req).actor;
    const storage = await deps.storage.find(actorId, storageId);
    if (storage === undefined) throw storageNotFound();
    if (!storage.is_active) {
      throw new AppError('storage_inactive', 409, 'This provider is set aside: set is_active first.');
    }
    const due = await deps.pinChanges.makeDue({ actorId, storageId, now: deps.now(), restMs });
    deps.wakeChecker();
    res.status(202).json({ due });
  };
}
