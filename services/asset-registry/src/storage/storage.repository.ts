import type { Database } from '@artdag/database/registry';
import { DatabaseError, type PoolClient } from 'pg';
import { storageColumns, type StorageRow } from './storage-row.ts';

/** As many as anybody has use for; each is looked at again and again. */
export const maxProviders = 20;

export interface NewStorage {
  id: string;
  actorId: string;
  orgId: string | null;
  providerType: string;
  providerName: string;
  configEnc: string;
  bySysadmin: boolean;
  capacityGb: number | null;
  now: Date;
}

/** What a change leaves behind. */
export type ChangedStorage = Pick<
  StorageRow,
  'provider_name' | 'config_enc' | 'by_sysadmin' | 'capacity_gb' | 'is_active'
>;

export interface StorageRepository {
  list(actorId: string): Promise<StorageRow[]>;
  find(actorId: string, id: string): Promise<StorageRow | undefined>;
  insert(storage: NewStorage): Promise<StorageRow | 'name-taken' | 'too-many' | 'actor-ended'>;
  /** Reads, has `change` say what it is to be, and writes: one transaction, others wait. */
  change(
    o: { actorId: string; id: string; now: Date },
    change: (row: StorageRow) => ChangedStorage,
  ): Promise<StorageRow | 'not-found' | 'name-taken'>;
  remove(o: { actorId: string; id: string; force: boolean }): Promise<'removed' | 'not-found' | 'in-use'>;
  /** Notes a test, unless what was tested is another provider by now. */
  noteTest(o: { actorId: string; row: StorageRow; ok: boolean; message: string; at: Date }): Promise<void>;
}

export function createStorageRepository(database: Database): StorageRepository {
  return {
    list: async (actorId) => (await database.pgStatement<StorageRow>(selectAll(actorId), { actorId })).rows,
    find: async (actorId, id) => (await database.pgStatement<StorageRow>(selectOne(actorId, id), { actorId })).rows[0],
    async insert(storage) {
      try {
        const { actorId } = storage;
        const { rows } = await database.pgTransaction(
          async (client) => {
            // Whoever adds several at once has them counted one after the other.
            await client.query(lockProviders, [actorId]);
            return await client.query<StorageRow>(insertOne(storage));
          },
          { actorId },
        );
        if (rows[0] !== undefined) return rows[0];
        return (await database.pool.query(isEnded, [actorId])).rows.length > 0 ? 'actor-ended' : 'too-many';
      } catch (error) {
        if (isNameTaken(error)) return 'name-taken';
        throw error;
      }
    },
    async change({ actorId, id, now }, change) {
      try {
        return await database.pgTransaction((client) => changeOne(client, { actorId, id, now }, change), { actorId });
      } catch (error) {
        if (isNameTaken(error)) return 'name-taken';
        throw error;
      }
    },
    remove: ({ actorId, id, force }) =>
      database.pgTransaction(
        async (client) => {
          // A pin that is recorded at the same time refers to the row, and so waits or is seen.
          const { rows } = await client.query(`${selectOne(actorId, id).text} FOR UPDATE`, [actorId, id]);
          if (rows.length === 0) return 'not-found';
          if (!force && (await client.query(anyPin, [id])).rows.length > 0) return 'in-use';
          await client.query('DELETE FROM user_storage WHERE actor_id = $1 AND id = $2', [actorId, id]);
          return 'removed';
        },
        { actorId },
      ),
    async noteTest({ actorId, row, ok, message, at }) {
      const text = `UPDATE user_storage SET last_test_ok = $4, last_test_message = $5, last_test_at = $6
        WHERE actor_id = $1 AND id = $2 AND updated_at = $3`;
      await database.pgStatement({ text, values: [actorId, row.id, row.updated_at, ok, message, at] }, { actorId });
    },
  };
}

const isEnded = 'SELECT 1 FROM ended_actors WHERE actor_id = $1';

const lockProviders = `SELECT pg_advisory_xact_lock(hashtextextended('user_storage ' || $1, 0))`;

const anyPin = 'SELECT 1 FROM storage_pins WHERE storage_id = $1 LIMIT 1';

function selectAll(actorId: string) {
  const text = `SELECT ${storageColumns} FROM user_storage WHERE actor_id = $1 ORDER BY created_at, id`;
  return { text, values: [actorId] };
}

function selectOne(actorId: string, id: string) {
  const text = `SELECT ${storageColumns} FROM user_storage WHERE actor_id = $1 AND id = $2`;
  return { text, values: [actorId, id] };
}

/** Nothing is added for an actor whose account has ended, as in register.statement.ts. */
function insertOne(s: NewStorage) {
  const text = `INSERT INTO user_storage
      (id, actor_id, org_id, provider_type, provider_name, config_enc, by_sysadmin, capacity_gb, created_at, updated_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $9
    WHERE (SELECT count(*) FROM user_storage WHERE actor_id = $2) < ${maxProviders}
      AND (SELECT actor_id FROM ended_actors WHERE actor_id = $2 FOR KEY SHARE) IS NULL
    RETURNING ${storageColumns}`;
  const head = [s.id, s.actorId, s.orgId, s.providerType, s.providerName, s.configEnc];
  return { text, values: [...head, s.bySysadmin, s.capacityGb, s.now] };
}

/** What is looked at next, and when, follows from whether it is in use; a new config gets a new chance at once. */
const update = `UPDATE user_storage SET provider_name = $3, config_enc = $4, by_sysadmin = $5, capacity_gb = $6, is_active = $7,
    last_test_ok = CASE WHEN config_enc = $4 THEN last_test_ok END,
    last_test_message = CASE WHEN config_enc = $4 THEN last_test_message END,
    last_test_at = CASE WHEN config_enc = $4 THEN last_test_at END,
    check_failures = CASE WHEN config_enc = $4 THEN check_failures ELSE 0 END,
    next_check_at = CASE WHEN NOT $7 THEN NULL WHEN is_active AND config_enc = $4 THEN next_check_at
      ELSE (SELECT min(next_check_at) FROM storage_pins WHERE storage_id = $2) END,
    updated_at = $8
  WHERE actor_id = $1 AND id = $2 RETURNING ${storageColumns}`;

async function changeOne(
  client: PoolClient,
  { actorId, id, now }: { actorId: string; id: string; now: Date },
  change: (row: StorageRow) => ChangedStorage,
): Promise<StorageRow | 'not-found'> {
  const found = await client.query<StorageRow>(`${selectOne(actorId, id).text} FOR UPDATE`, [actorId, id]);
  const row = found.rows[0];
  if (row === undefined) return 'not-found';
  const to = change(row);
  const columns = [to.provider_name, to.config_enc, to.by_sysadmin, to.capacity_gb, to.is_active];
  const { rows } = await client.query<StorageRow>(update, [actorId, id, ...columns, now]);
  return rows[0] ?? 'not-found';
}

function isNameTaken(error: unknown): boolean {
  return error instanceof DatabaseError && error.constraint === 'user_storage_actor_id_provider_name_key';
}
