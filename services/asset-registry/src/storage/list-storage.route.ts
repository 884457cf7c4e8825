import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { sendNegotiatedText } from '../http/answers.ts';
import { show, type StorageDeps } from './storage-deps.ts';

/** `GET /storage` */
export function listStorageRoute(deps: StorageDeps): RequestHandler {
  return async (req, res) => {
    const { actor_id: actorId } = actorOf(req).actor;
    const rows = await deps.storage.list(actorId);
    const counts = await deps.pins.count(
      actorId,
      rows.map(({ id }) => id),
    );
    const storage = rows.map((row) => show(deps, row, counts.get(row.id)));
    sendNegotiatedText(res, JSON.stringify({ storage }));
  };
}
