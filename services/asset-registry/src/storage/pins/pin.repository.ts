import type { Database } from '@artdag/database/registry';
import { pinColumns, type PinRow, type PinStatus } from './pin-row.ts';

/** How many pins, by status. */
export type PinCounts = Record<PinStatus | 'total', number>;

/** What a check saw. */
export interface CheckRow {
  at: Date;
  result: string;
  message: string;
  latency_ms: number;
  status: PinStatus;
  is_change: boolean;
}

/** A pin with the provider that it is at. */
export interface CopyRow extends PinRow {
  provider_type: string;
  provider_name: string;
}

/** Reads of one's own pins. */
export interface PinRepository {
  /** By provider; those without pins are left out. */
  count(actorId: string, storageIds: readonly string[]): Promise<Map<string, PinCounts>>;
  /** In the order of their content hashes. */
  list(o: {
    actorId: string;
    storageId: string;
    status?: PinStatus | undefined;
    after: string;
    limit: number;
  }): Promise<PinRow[]>;
  find(actorId: string, storageId: string, contentHash: string): Promise<PinRow | undefined>;
  /** The newest first. */
  history(o: { actorId: string; pin: PinRow; before: Date | undefined; limit: number }): Promise<CheckRow[]>;
  /** Where an asset's copies are; undefined when there is no such asset of the actor's. */
  copies(actorId: string, assetName: string): Promise<CopyRow[] | undefined>;
}

export function createPinRepository(database: Database): PinRepository {
  return {
    async count(actorId, storageIds) {
      const text = `SELECT storage_id, status, count(*)::int AS n FROM storage_pins
        WHERE actor_id = $1 AND storage_id = ANY($2) GROUP BY storage_id, status`;
      const { rows } = await database.pgStatement<{ storage_id: string; status: PinStatus; n: number }>(
        { text, values: [actorId, storageIds] },
        { actorId },
      );
      const counts = new Map<string, PinCounts>();
      for (const { storage_id: id, status, n } of rows) {
        const known = counts.get(id) ?? { total: 0, unknown: 0, present: 0, missing: 0, changed: 0, unsupported: 0 };
        counts.set(id, { ...known, [status]: n, total: known.total + n });
      }
      return counts;
    },
    async list({ actorId, storageId, status, after, limit }) {
      const text = `SELECT ${pinColumns} FROM storage_pins WHERE actor_id = $1 AND storage_id = $2 AND content_hash > $3
        AND ($4::text IS NULL OR status = $4) ORDER BY content_hash LIMIT $5`;
      const values = [actorId, storageId, after, status ?? null, limit];
      return (await database.pgStatement<PinRow>({ text, values }, { actorId })).rows;
    },
    async find(actorId, storageId, contentHash) {
      const text = `SELECT ${pinColumns} FROM storage_pins WHERE actor_id = $1 AND storage_id = $2 AND content_hash = $3`;
      return (await database.pgStatement<PinRow>({ text, values: [actorId, storageId, contentHash] }, { actorId }))
        .rows[0];
    },
    async history({ actorId, pin, before, limit }) {
      const text = `SELECT at, result, message, latency_ms, status, is_change FROM storage_checks
        WHERE actor_id = $1 AND storage_id = $2 AND content_hash = $3 AND ($4::timestamptz IS NULL OR at < $4)
        ORDER BY at DESC LIMIT $5`;
      const values = [actorId, pin.storage_id, pin.content_hash, before ?? null, limit];
      return (await database.pgStatement<CheckRow>({ text, values }, { actorId })).rows;
    },
    async copies(actorId, assetName) {
      const columns = pinColumns.replaceAll(/\w+/g, 'p.$&');
      const text = `SELECT ${columns}, s.provider_type, s.provider_name
        FROM assets a
        LEFT JOIN storage_pins p ON p.content_hash = a.content_hash AND p.actor_id = $1
        LEFT JOIN user_storage s ON s.id = p.storage_id
        WHERE a.name = $2 AND a.owner_actor_id = $1 AND a.deleted_at IS NULL ORDER BY p.created_at, p.storage_id`;
      const { rows } = await database.pgStatement<CopyRow>({ text, values: [actorId, assetName] }, { actorId });
      // An asset without copies is one row of nothing.
      return rows.length === 0 ? undefined : rows.filter((row) => row.storage_id !== null);
    },
  };
}
