import { actorOf } from '@artdag/actor-context';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { pageAddress } from '../../http/page-address.ts';
import { limitSchema } from '../../http/paging.ts';
import type { StorageDeps } from '../storage-deps.ts';
import { storageIdOf } from '../storage-id.ts';
import { pinHashOf, pinNotFound } from './pin-hash.ts';
import { shownPin } from './shown-pin.ts';

export const historyQuerySchema = z.object({
  limit: limitSchema,
  before: z.iso.datetime().optional().meta({ description: 'Only checks before this time.' }),
});

/** `GET /storage/{id}/pins/{content_hash}`: the pin and its history, the latest check first */
export function getPinRoute(deps: StorageDeps): RequestHandler<{ id: string; content_hash: string }> {
  return async (req, res) => {
    const storageId = storageIdOf(req.params.id);
    const contentHash = pinHashOf(req.params.content_hash);
    const { limit, before } = validate('query', historyQuerySchema, req.query);
    const { actor_id: actorId } = actorOf(req).actor;
    const pin = await deps.pins.find(actorId, storageId, contentHash);
    if (pin === undefined) throw pinNotFound();
    const from = before === undefined ? undefined : new Date(before);
    const rows = await deps.pins.history({ actorId, pin, before: from, limit: limit + 1 });
    const checks = rows.slice(0, limit).map(({ at, ...check }) => ({ at: at.toISOString(), ...check }));
    const last = rows.length > limit ? checks.at(-1) : undefined;
    const next = last === undefined ? null : pageAddress(req, { limit: String(limit), before: last.at });
    if (next !== null) res.setHeader('link', `<${next}>; rel="next"`);
    res.json({ ...shownPin(pin), checks, next });
  };
}
