import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { storageIdOf } from '../storage-id.ts';
import { pinHashOf, pinNotFound } from './pin-hash.ts';
import type { PinDeps } from './record-pin.ts';

/** `DELETE /storage/{id}/pins/{content_hash}` (scope storage:manage) → 204: one reference less, with the last one no pin. The copy stays where it is. */
export function releasePinRoute(deps: PinDeps): RequestHandler<{ id: string; content_hash: string }> {
  return async (req, res) => {
    const storageId = storageIdOf(req.params.id);
    const contentHash = pinHashOf(req.params.content_hash);
    const { actor_id: actorId } = actorOf(req).actor;
    if (!(await deps.pinChanges.release({ actorId, storageId, contentHash }))) throw pinNotFound();
    res.status(204).end();
  };
}
