import type { Execute } from '@artdag/messaging';
import { AppError, newId } from '@artdag/service-kit';
import type { KnownActor } from '../actors/auth-client.ts';

/** What a row of `identities` says of whose it is; the profile's texts are left to those who show them. */
export interface IdentityRow {
  id: string;
  /** Null for an organisation. */
  actorId: string | null;
  handle: string;
  identityType: 'human' | 'agent' | 'org';
  displayName: string;
  /** An agent's owner, an organisation's founder. */
  spawnedBy: string | null;
  /** Of an agent. */
  expiresAt: Date | null;
  deletedAt: Date | null;
}

const columns = `id, actor_id AS "actorId", handle, identity_type AS "identityType", display_name AS "displayName",
  spawned_by AS "spawnedBy", expires_at AS "expiresAt", deleted_at AS "deletedAt"`;

/** @param handle in lower case */
export async function findIdentityByHandle(execute: Execute, handle: string): Promise<IdentityRow | null> {
  return first(await execute(`SELECT ${columns} FROM identities WHERE handle = $1`, [handle]));
}

export async function findIdentityByActor(execute: Execute, actorId: string): Promise<IdentityRow | null> {
  return first(await execute(`SELECT ${columns} FROM identities WHERE actor_id = $1`, [actorId]));
}

export async function identityOfKey(execute: Execute, keyId: string): Promise<IdentityRow | null> {
  const id = '(SELECT identity_id FROM auth_keys WHERE id = $1)';
  return first(await execute(`SELECT ${columns} FROM identities WHERE id = ${id}`, [keyId]));
}

/** Holds the row until the transaction ends: one change of an identity's keys at a time. */
export async function lockIdentity(execute: Execute, identityId: string): Promise<IdentityRow | null> {
  return first(await execute(`SELECT ${columns} FROM identities WHERE id = $1 FOR UPDATE`, [identityId]));
}

/**
 * A person's identity, made when it is missing: whoever is first of the sign-in by key, the event of auth and a session's first use of
 * these routes makes it. In the caller's transaction or by itself.
 *
 * @throws AppError 403 `forbidden` for an agent or a service that has none, 409 `handle_taken` when another identity has the handle
 */
export async function ensureIdentity(execute: Execute, actor: KnownActor, now: Date): Promise<IdentityRow> {
  const known = await findIdentityByActor(execute, actor.actorId);
  if (known !== null) return known;
  // An agent's row says whose it is and until when, which its maker knows and auth does not.
  if (actor.actorType !== 'human')
    throw new AppError('forbidden', 403, 'Only people and their agents have identities.');
  await execute(
    `INSERT INTO identities (id, actor_id, handle, identity_type, display_name, actor_version, created_at, updated_at)
     VALUES ($1, $2, $3, 'human', $4, $5, $6::timestamptz, $6::timestamptz) ON CONFLICT DO NOTHING`,
    [newId('idn'), actor.actorId, actor.username, actor.displayName, actor.version, now.toISOString()],
  );
  const made = await findIdentityByActor(execute, actor.actorId);
  if (made === null)
    throw new AppError('handle_taken', 409, `The name ${actor.username} is taken; choose another one.`);
  return made;
}

function first({ rows }: { rows: Record<string, unknown>[] }): IdentityRow | null {
  return (rows[0] as unknown as IdentityRow | undefined) ?? null;
}
