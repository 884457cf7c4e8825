import type { Execute } from '@artdag/messaging';
import type { KeyStatus } from './key-document.ts';

/** A leaf of type `Key`, with what it commits to. */
export interface KeyLeaf {
  keyId: string;
  status: KeyStatus;
  /** Canonical JSON. */
  document: string;
  leaf: string;
  leafHash: Buffer;
}

/** Any number that no other pair of numbers in this database begins with. */
const lockClass = 6_962;

/** One transaction at a time for an actor. A statement of its own, so that the next one sees what the previous holder committed. */
export async function lockKeyLeaves(execute: Execute, actorId: string): Promise<void> {
  await execute('SELECT pg_advisory_xact_lock($1, hashtext($2))', [lockClass, actorId]);
}

/** What the log has been told of an actor's keys, by key id. */
export async function loggedStatuses(execute: Execute, actorId: string): Promise<Map<string, KeyStatus[]>> {
  const { rows } = await execute('SELECT key_id, status FROM key_leaves WHERE actor_id = $1', [actorId]);
  const statuses = new Map<string, KeyStatus[]>();
  for (const { key_id: keyId, status } of rows as { key_id: string; status: KeyStatus }[]) {
    statuses.set(keyId, [...(statuses.get(keyId) ?? []), status]);
  }
  return statuses;
}

/*
 * The sequencer goes by `created_at`, so each leaf of an actor gets a later millisecond than the one before, by the database's clock: a key's
 * end never stands before its introduction.
 */
const insert = `
WITH given AS (
  SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[]) WITH ORDINALITY
    AS g(key_id, status, document, leaf, leaf_hash, place)),
after AS (
  SELECT greatest(clock_timestamp(), max(created_at)) AS moment FROM key_leaves WHERE actor_id = $1),
placed AS MATERIALIZED (SELECT given.*, moment + place * interval '1 millisecond' AS at FROM given CROSS JOIN after),
remembered AS (
  INSERT INTO key_leaves (key_id, status, actor_id, keys_version, document, leaf_hash, created_at)
  SELECT key_id, status, $1, $2, document, leaf_hash, at FROM placed)
INSERT INTO log_pending (leaf_hash, leaf, created_at) SELECT leaf_hash, leaf, at FROM placed`;

/** Queues leaves for the sequencer, the first one first, and remembers them. */
export async function insertKeyLeaves(
  execute: Execute,
  o: { actorId: string; version: number; leaves: readonly KeyLeaf[] },
): Promise<void> {
  const column = <K extends keyof KeyLeaf>(name: K): KeyLeaf[K][] => o.leaves.map((leaf) => leaf[name]);
  const columns = [column('keyId'), column('status'), column('document'), column('leaf'), column('leafHash')];
  await execute(insert, [o.actorId, o.version, ...columns]);
}
