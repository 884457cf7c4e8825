import { actorOf } from '@artdag/actor-context';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { storageIdOf } from '../storage-id.ts';
import { newPinSchema } from './new-pin.ts';
import { recordPin, type PinDeps } from './record-pin.ts';

/** `POST /storage/{id}/pins` (scope storage:manage) → 201; 200 when the pin was there already and has one reference more */
export function recordPinRoute(deps: PinDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const storageId = storageIdOf(req.params.id);
    const body = validate('body', newPinSchema, req.body);
    const { actor_id: actorId } = actorOf(req).actor;
    const { pin, isNew } = await recordPin(deps, { actorId, storageId, body });
    res
      .status(isNew ? 201 : 200)
      .location(`/storage/${storageId}/pins/${pin.content_hash}`)
      .json(pin);
  };
}
