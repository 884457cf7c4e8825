import { actorOf } from '@artdag/actor-context';
import { AppError, validate } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { StorageDeps } from './storage-deps.ts';
import { storageIdOf, storageNotFound } from './storage-id.ts';

export const removeQuerySchema = z.object({
  force: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'Also with pins, which are forgotten; the copies stay where they are.' }),
});

/** `DELETE /storage/{id}` (scope storage:manage) → 204; 409 `storage_in_use` with pins, unless `?force=true` */
export function removeStorageRoute(deps: StorageDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const id = storageIdOf(req.params.id);
    const { force } = validate('query', removeQuerySchema, req.query);
    const { actor_id: actorId } = actorOf(req).actor;
    const outcome = await deps.storage.remove({ actorId, id, force: force === 'true' });
    if (outcome === 'not-found') throw storageNotFound();
    if (outcome === 'in-use') {
      throw new AppError(
        'storage_in_use',
        409,
        'It has pins. Remove them first, or say ?force=true to forget them too.',
      );
    }
    res.status(204).end();
  };
}
