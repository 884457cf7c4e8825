import type { Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import type { ActorKey, KeyOwner, Proposal } from './key-store.ts';

/** All keys of an actor, and the counter of their changes (subject_version of `actor-keys-changed`). */
export interface KeySet extends KeyOwner {
  version: number;
  keys: ActorKey[];
}

export type ActorStatus = 'active' | 'disabled' | 'deleted';

/** What an event of auth says of an actor; only `user-registered` names the user. */
export interface ActorNews {
  actorId: string;
  username: string | null;
  status: ActorStatus;
  /** `actors.version` in auth. */
  version: number;
}

/**
 * SQL through the caller's `execute` and not Prisma: the same statements run in a consumer's transaction (beside its
 * `processed_events` row), in our own and on the pool.
 */
export interface ActorKeyRepository {
  find(execute: Execute, actorId: string): Promise<KeySet | null>;
  /**
   * Offers pairs to the actor's key set, inside the caller's transaction: a kind that has a primary key already keeps
   * it. Tells whether anything changed; then `version` has risen by one.
   */
  offer(execute: Execute, owner: KeyOwner, proposals: Proposal[]): Promise<{ set: KeySet; changed: boolean }>;
  /** Applies what auth said unless something newer was applied before; returns the status that then counts. */
  noteActor(execute: Execute, news: ActorNews): Promise<ActorStatus>;
}

export const actorKeyRepository: ActorKeyRepository = { find, offer, noteActor };

async function find(execute: Execute, actorId: string): Promise<KeySet | null> {
  const { rows } = await execute(`SELECT username, version FROM key_sets WHERE actor_id = $1`, [actorId]);
  const set = rows[0];
  if (set === undefined) return null;
  const keys = await keysOf(execute, actorId);
  return { actorId, username: String(set['username']), version: Number(set['version']), keys };
}

async function offer(
  execute: Execute,
  owner: KeyOwner,
  proposals: Proposal[],
): Promise<{ set: KeySet; changed: boolean }> {
  const { actorId, username } = owner;
  await execute(
    `INSERT INTO key_sets (actor_id, username, updated_at) VALUES ($1, $2, now()) ON CONFLICT (actor_id) DO NOTHING`,
    [actorId, username],
  );
  // One writer per actor at a time, so that every version lists the keys of the one before.
  const locked = await execute(`SELECT version FROM key_sets WHERE actor_id = $1 FOR UPDATE`, [actorId]);
  let version = Number(locked.rows[0]?.['version']);
  let changed = false;
  for (const { kind, keyId, publicKeyPem, privateEnc } of proposals) {
    const inserted = await execute(
      `INSERT INTO actor_keys (id, actor_id, username, kind, key_id, public_key, private_enc, status)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'primary') ON CONFLICT DO NOTHING`,
      [newId('key'), actorId, username, kind, keyId, publicKeyPem, privateEnc],
    );
    changed ||= inserted.rowCount > 0;
  }
  if (changed) {
    version += 1;
    await execute(`UPDATE key_sets SET version = $2, updated_at = now() WHERE actor_id = $1`, [actorId, version]);
  }
  return { set: { actorId, username, version, keys: await keysOf(execute, actorId) }, changed };
}

async function noteActor(execute: Execute, news: ActorNews): Promise<ActorStatus> {
  const { actorId, username, status, version } = news;
  const { rows } = await execute(
    `INSERT INTO key_sets AS held (actor_id, username, actor_status, actor_version, updated_at)
     VALUES ($1, coalesce($2, ''), $3, $4, now())
     ON CONFLICT (actor_id) DO UPDATE SET
       username = coalesce(nullif(excluded.username, ''), held.username),
       actor_status = CASE WHEN excluded.actor_version > held.actor_version
         THEN excluded.actor_status ELSE held.actor_status END,
       actor_version = greatest(held.actor_version, excluded.actor_version),
       updated_at = now()
     RETURNING actor_status`,
    [actorId, username, status, version],
  );
  return rows[0]?.['actor_status'] as ActorStatus;
}

async function keysOf(execute: Execute, actorId: string): Promise<ActorKey[]> {
  const { rows } = await execute(
    `SELECT key_id AS "keyId", actor_id AS "actorId", username, kind, status, public_key AS "publicKeyPem",
            private_enc AS "privateEnc"
     FROM actor_keys WHERE actor_id = $1 ORDER BY created_at, key_id`,
    [actorId],
  );
  return rows as unknown as ActorKey[];
}
