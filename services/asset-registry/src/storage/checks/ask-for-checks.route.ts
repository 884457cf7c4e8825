import { actorOf } from '@artdag/actor-context';
import type { Database } from '@artdag/database/registry';
import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import type { StorageDeps } from '../storage-deps.ts';
import { storageIdOf, storageNotFound } from '../storage-id.ts';

export interface AskForChecksDeps extends StorageDeps {
  database: Database;
}

/** What was looked at a moment ago is not again. */
const restMs = 60_000;

/** `POST /storage/{id}/check` (scope storage:manage) → 202 with how many pins are due now; 409 `storage_inactive` */
export function askForChecksRoute(deps: AskForChecksDeps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const storageId = storageIdOf(req.params.id);
    const { actor_id: actorId } = actorOf(req).actor;
    const storage = await deps.storage.find(actorId, storageId);
    if (storage === undefined) throw storageNotFound();
    if (!storage.is_active) {
      throw new AppError('storage_inactive', 409, 'This provider is set aside: set is_active first.');
    }
    const due = await makeDue(deps, actorId, storageId);
    deps.wakeChecker();
    res.status(202).json({ due });
  };
}

async function makeDue({ database, now }: AskForChecksDeps, actorId: string, storageId: string): Promise<number> {
  const at = now();
  const pins = `UPDATE storage_pins SET next_check_at = least(next_check_at, $3)
    WHERE actor_id = $1 AND storage_id = $2 AND (last_checked_at IS NULL OR last_checked_at <= $4)`;
  const storage = `UPDATE user_storage SET next_check_at = $3, check_failures = 0 WHERE actor_id = $1 AND id = $2 AND is_active`;
  return await database.pgTransaction(
    async (client) => {
      await client.query(storage, [actorId, storageId, at]);
      const rested = new Date(at.getTime() - restMs);
      return (await client.query(pins, [actorId, storageId, at, rested])).rowCount ?? 0;
    },
    { actorId },
  );
}
