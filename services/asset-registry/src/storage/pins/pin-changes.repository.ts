import type { Database } from '@artdag/database/registry';
import type { PoolClient } from 'pg';
import type { NewPin } from './new-pin.ts';
import { pinColumns, type PinRow } from './pin-row.ts';

/** A round over them takes about an hour. */
export const maxPins = 20_000;

type Refusal = 'not-found' | 'unregistered' | 'elsewhere' | 'too-many';

/** Changes of one's own pins; each holds the provider's row, which counts what they take. */
export interface PinChangesRepository {
  /** Records a pin, or that one more thing refers to it. */
  record(o: {
    actorId: string;
    storageId: string;
    pin: NewPin;
    now: Date;
  }): Promise<{ pin: PinRow; isNew: boolean } | Refusal>;
  /** Takes a reference away, and with the last one the pin and its history. */
  release(o: { actorId: string; storageId: string; contentHash: string }): Promise<boolean>;
  /** Has every pin of a provider in use looked at that was not within `restMs`; gives how many those are. */
  makeDue(o: { actorId: string; storageId: string; now: Date; restMs: number }): Promise<number>;
}

export function createPinChangesRepository(database: Database): PinChangesRepository {
  return {
    record: (o) =>
      database.pgTransaction(
        async (client) => {
          const { rows } = await client.query<{ org_id: string | null }>(lockStorage, [o.actorId, o.storageId]);
          const storage = rows[0];
          if (storage === undefined) return 'not-found';
          const known = await findForUpdate(client, o.storageId, o.pin.contentHash);
          if (known !== undefined) return isSamePlace(known, o.pin) ? await referAgain(client, known, o) : 'elsewhere';
          if ((await client.query(registered, [o.pin.contentHash])).rows.length === 0) return 'unregistered';
          const count = await client.query<{ n: number }>(countPins, [o.storageId]);
          if ((count.rows[0]?.n ?? 0) >= maxPins) return 'too-many';
          return await insert(client, storage.org_id, o);
        },
        { actorId: o.actorId },
      ),
    release: ({ actorId, storageId, contentHash }) =>
      database.pgTransaction(
        async (client) => {
          if ((await client.query(lockStorage, [actorId, storageId])).rows.length === 0) return false;
          const known = await findForUpdate(client, storageId, contentHash);
          if (known === undefined) return false;
          if (known.refcount > 1) {
            await client.query(`UPDATE storage_pins SET refcount = refcount - 1 WHERE ${isPin}`, [
              storageId,
              contentHash,
            ]);
            return true;
          }
          await client.query(`DELETE FROM storage_pins WHERE ${isPin}`, [storageId, contentHash]);
          await addBytes(client, storageId, -Number(known.size_bytes ?? 0));
          return true;
        },
        { actorId },
      ),
    makeDue: ({ actorId, storageId, now, restMs }) =>
      database.pgTransaction(
        async (client) => {
          await client.query(storageDue, [actorId, storageId, now]);
          const rested = new Date(now.getTime() - restMs);
          return (await client.query(pinsDue, [actorId, storageId, now, rested])).rowCount ?? 0;
        },
        { actorId },
      ),
  };
}

const storageDue = `UPDATE user_storage SET next_check_at = $3, check_failures = 0
  WHERE actor_id = $1 AND id = $2 AND is_active`;
const pinsDue = `UPDATE storage_pins SET next_check_at = least(next_check_at, $3)
  WHERE actor_id = $1 AND storage_id = $2 AND (last_checked_at IS NULL OR last_checked_at <= $4)`;

const lockStorage = 'SELECT org_id FROM user_storage WHERE actor_id = $1 AND id = $2 FOR UPDATE';
const registered = 'SELECT 1 FROM content_owners WHERE content_hash = $1';
const countPins = 'SELECT count(*)::int AS n FROM storage_pins WHERE storage_id = $1';
const isPin = 'storage_id = $1 AND content_hash = $2';

async function findForUpdate(client: PoolClient, storageId: string, contentHash: string): Promise<PinRow | undefined> {
  const text = `SELECT ${pinColumns} FROM storage_pins WHERE ${isPin} FOR UPDATE`;
  return (await client.query<PinRow>(text, [storageId, contentHash])).rows[0];
}

function isSamePlace(row: PinRow, pin: NewPin): boolean {
  return (
    row.pin_type === pin.pinType &&
    row.location === pin.location &&
    (row.ipfs_cid === pin.ipfsCid || pin.ipfsCid === null)
  );
}

/** What is given with it counts from now on. */
async function referAgain(client: PoolClient, known: PinRow, { pin, storageId }: { pin: NewPin; storageId: string }) {
  const text = `UPDATE storage_pins SET refcount = refcount + 1, request = request OR $3, size_bytes = coalesce($4, size_bytes),
      etag = coalesce($5, etag) WHERE ${isPin} RETURNING ${pinColumns}`;
  const values = [storageId, pin.contentHash, pin.request, pin.sizeBytes, pin.etag];
  const [row = known] = (await client.query<PinRow>(text, values)).rows;
  await addBytes(client, storageId, Number(row.size_bytes ?? 0) - Number(known.size_bytes ?? 0));
  return { pin: row, isNew: false };
}

async function insert(
  client: PoolClient,
  orgId: string | null,
  o: { actorId: string; storageId: string; pin: NewPin; now: Date },
): Promise<{ pin: PinRow; isNew: boolean } | 'not-found'> {
  const { pin, now } = o;
  const text = `INSERT INTO storage_pins (content_hash, storage_id, actor_id, org_id, pin_type, ipfs_cid, location, size_bytes, etag,
      request, status_since, next_check_at, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $11) RETURNING ${pinColumns}`;
  const where = [pin.contentHash, o.storageId, o.actorId, orgId, pin.pinType, pin.ipfsCid, pin.location];
  const { rows } = await client.query<PinRow>(text, [...where, pin.sizeBytes, pin.etag, pin.request, now]);
  await addBytes(client, o.storageId, pin.sizeBytes ?? 0);
  // It is looked at soon, unless the provider is set aside or could not be asked just now.
  const soon = `UPDATE user_storage SET next_check_at = $2
    WHERE id = $1 AND is_active AND (next_check_at IS NULL OR (next_check_at > $2 AND check_failures = 0))`;
  await client.query(soon, [o.storageId, now]);
  return rows[0] === undefined ? 'not-found' : { pin: rows[0], isNew: true };
}

async function addBytes(client: PoolClient, storageId: string, bytes: number): Promise<void> {
  if (bytes === 0) return;
  const text = 'UPDATE user_storage SET used_bytes = greatest(used_bytes + $2, 0) WHERE id = $1';
  await client.query(text, [storageId, bytes]);
}
