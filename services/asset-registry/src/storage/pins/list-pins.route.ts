import { actorOf } from '@artdag/actor-context';
import { validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { pageAddress } from '../../http/page-address.ts';
import { limitSchema } from '../../http/paging.ts';
import type { StorageDeps } from '../storage-deps.ts';
import { storageIdOf, storageNotFound } from '../storage-id.ts';
import { pinStatuses } from './pin-row.ts';
import { shownPin } from './shown-pin.ts';

export const listPinsQuerySchema = z.object({
  limit: limitSchema,
  status: z.enum(pinStatuses).optional(),
  after: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .meta({ description: 'The content hash that the page before ended with.' }),
});

/** `GET /storage/{id}/pins` */
export function listPinsRoute(deps: StorageDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const storageId = storageIdOf(req.params.id);
    const { limit, status, after = '' } = validate('query', listPinsQuerySchema, req.query);
    const { actor_id: actorId } = actorOf(req).actor;
    if ((await deps.storage.find(actorId, storageId)) === undefined) throw storageNotFound();
    const rows = await deps.pins.list({ actorId, storageId, status, after, limit: limit + 1 });
    const pins = rows.slice(0, limit).map(shownPin);
    const last = rows.length > limit ? pins.at(-1) : undefined;
    const next = last === undefined ? null : pageAddress(req, { limit: String(limit), after: last.content_hash });
    if (next !== null) res.setHeader('link', `<${next}>; rel="next"`);
    res.json({ pins, limit, next });
  };
}
