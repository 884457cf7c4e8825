import type { Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import type { ActorKey, KeyOwner, Proposal } from './key-store.ts';

/** All keys of an actor, and the counter of their changes (subject_version of `actor-keys-changed`). */
export interface KeySet extends KeyOwner {
  version: number;
  keys: ActorKey[];
}

/**
 * SQL through the caller's `execute` and not Prisma: the same statements run in a consumer's transaction (beside its
 * `processed_events` row), in our own and on the pool.
 */
export interface ActorKeyRepository {
  find(execute: Execute, actorId: string): Promise<KeySet | null>;
  /** The latest actor of that name that has keys. */
  findByUsername(execute: Execute, username: string): Promise<KeySet | null>;
  /** The sets that have changed since, and the database's present time. */
  changedSince(execute: Execute, since: Date): Promise<{ changed: { actorId: string; version: number }[]; now: Date }>;
  /**
   * Offers pairs to the actor's key set, inside the caller's transaction: a kind that has a primary key already keeps
   * it. Tells whether anything changed; then `version` has risen by one.
   */
  offer(execute: Execute, owner: KeyOwner, proposals: Proposal[]): Promise<{ set: KeySet; changed: boolean }>;
  /**
   * Puts new pairs in the place of present ones, inside the caller's transaction. Null, and nothing is written, when one of `former` is the
   * present one no more.
   */
  replace(execute: Execute, owner: KeyOwner, replacements: readonly Replacement[], at: Date): Promise<KeySet | null>;
}

/** A present key's id, what becomes of it, and its successor. */
export interface Replacement {
  formerKeyId: string;
  formerStatus: 'retired' | 'compromised';
  next: Proposal;
}

export const actorKeyRepository: ActorKeyRepository = {
  find,
  findByUsername,
  changedSince,
  offer,
  replace,
};

async function find(execute: Execute, actorId: string): Promise<KeySet | null> {
  const { rows } = await execute(`SELECT username, version FROM key_sets WHERE actor_id = $1`, [actorId]);
  const set = rows[0];
  if (set === undefined) return null;
  const keys = await keysOf(execute, actorId);
  return { actorId, username: String(set['username']), version: Number(set['version']), keys };
}

async function findByUsername(execute: Execute, username: string): Promise<KeySet | null> {
  const { rows } = await execute(
    `SELECT actor_id FROM key_sets WHERE username = $1 ORDER BY created_at DESC, actor_id LIMIT 1`,
    [username],
  );
  return rows[0] === undefined ? null : await find(execute, String(rows[0]['actor_id']));
}

async function changedSince(
  execute: Execute,
  since: Date,
): Promise<{ changed: { actorId: string; version: number }[]; now: Date }> {
  // The time first: what commits meanwhile is in the next look's window.
  const clock = await execute(`SELECT now() AS now`, []);
  const { rows } = await execute(`SELECT actor_id AS "actorId", version FROM key_sets WHERE updated_at > $1`, [since]);
  return { changed: rows as unknown as { actorId: string; version: number }[], now: clock.rows[0]?.['now'] as Date };
}

async function replace(
  execute: Execute,
  owner: KeyOwner,
  replacements: readonly Replacement[],
  at: Date,
): Promise<KeySet | null> {
  const { actorId, username } = owner;
  const version = (await lockSet(execute, actorId)) + 1;
  const present = (await keysOf(execute, actorId)).filter(({ status }) => status === 'primary');
  if (!replacements.every(({ formerKeyId }) => present.some(({ keyId }) => keyId === formerKeyId))) return null;
  for (const { formerKeyId, formerStatus, next } of replacements) {
    await execute(`UPDATE actor_keys SET status = $2, retired_at = $3 WHERE key_id = $1`, [
      formerKeyId,
      formerStatus,
      at,
    ]);
    if (!(await insertKey(execute, owner, next))) throw new Error(`There is a key ${next.keyId} already.`);
  }
  await execute(`UPDATE key_sets SET version = $2, updated_at = now() WHERE actor_id = $1`, [actorId, version]);
  return { actorId, username, version, keys: await keysOf(execute, actorId) };
}

/** One writer per actor at a time, so that every version lists the keys of the one before. */
async function lockSet(execute: Execute, actorId: string): Promise<number> {
  const { rows } = await execute(`SELECT version FROM key_sets WHERE actor_id = $1 FOR UPDATE`, [actorId]);
  return Number(rows[0]?.['version']);
}

/** False when there is a primary key of that kind, or one of that id. */
async function insertKey(execute: Execute, { actorId, username }: KeyOwner, key: Proposal): Promise<boolean> {
  const { rowCount } = await execute(
    `INSERT INTO actor_keys (id, actor_id, username, kind, key_id, public_key, private_enc, status)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'primary') ON CONFLICT DO NOTHING`,
    [newId('key'), actorId, username, key.kind, key.keyId, key.publicKeyPem, key.privateEnc],
  );
  return rowCount > 0;
}

async function offer(
  execute: Execute,
  owner: KeyOwner,
  proposals: Proposal[],
): Promise<{ set: KeySet; changed: boolean }> {
  const { actorId, username } = owner;
  await execute(
    `INSERT INTO key_sets AS held (actor_id, username, updated_at) VALUES ($1, $2, now())
     ON CONFLICT (actor_id) DO UPDATE SET username = excluded.username WHERE held.username = ''`,
    [actorId, username],
  );
  let version = await lockSet(execute, actorId);
  let changed = false;
  for (const proposal of proposals) changed = (await insertKey(execute, owner, proposal)) || changed;
  if (changed) {
    version += 1;
    await execute(`UPDATE key_sets SET version = $2, updated_at = now() WHERE actor_id = $1`, [actorId, version]);
  }
  return { set: { actorId, username, version, keys: await keysOf(execute, actorId) }, changed };
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
