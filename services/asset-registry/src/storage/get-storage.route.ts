import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { sendNegotiatedText } from '../http/answers.ts';
import { show, type StorageDeps } from './storage-deps.ts';
import { storageIdOf, storageNotFound } from './storage-id.ts';

/** `GET /storage/{id}` */
export function getStorageRoute(deps: StorageDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const id = storageIdOf(req.params.id);
    const { actor_id: actorId } = actorOf(req).actor;
    const row = await deps.storage.find(actorId, id);
    if (row === undefined) throw storageNotFound();
    const counts = await deps.pins.count(actorId, [id]);
    sendNegotiatedText(res, JSON.stringify(show(deps, row, counts.get(id))));
  };
}
