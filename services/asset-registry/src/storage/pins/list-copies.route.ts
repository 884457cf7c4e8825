import { actorOf } from '@artdag/actor-context';
import type { RequestHandler } from 'express';
import { assetName } from '../../assets/new-asset.ts';
import { notFound } from '../../http/answers.ts';
import type { StorageDeps } from '../storage-deps.ts';
import { shownPin } from './shown-pin.ts';

/** `GET /assets/{name}/copies`: where the caller has copies of a work of their own; for everybody else there is no such work */
export function listCopiesRoute(deps: StorageDeps): RequestHandler<{ name: string }> {
  return async (req, res) => {
    const { name } = req.params;
    const { actor_id: actorId } = actorOf(req).actor;
    const rows = assetName.test(name) ? await deps.pins.copies(actorId, name) : undefined;
    if (rows === undefined) throw notFound('asset');
    const copies = rows.map(({ provider_type, provider_name, ...pin }) => ({
      provider_type,
      provider_name,
      ...shownPin(pin),
    }));
    res.json({ copies });
  };
}
