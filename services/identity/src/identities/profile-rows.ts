import type { Execute } from '@artdag/messaging';
import type { Profile } from './profile.ts';

const columns = `id, actor_id AS "actorId", org_id AS "orgId", handle, identity_type AS "identityType",
  display_name AS "displayName", bio, avatar_url AS "avatarUrl", website_url AS "websiteUrl",
  profile_version AS "profileVersion", email,
  agent_model AS "agentModel", agent_capabilities AS "agentCapabilities", spawned_by AS "spawnedBy",
  expires_at AS "expiresAt", deleted_at AS "deletedAt", end_reason AS "endReason", created_at AS "createdAt",
  updated_at AS "updatedAt"`;

/** Which part of a list. */
export interface Page {
  /** From 1. */
  page: number;
  perPage: number;
}

export interface Listed {
  profiles: Profile[];
  total: number;
}

/** Also deleted ones. @param handle in lower case, and of a handle's form */
export async function findProfile(execute: Execute, handle: string): Promise<Profile | null> {
  return first(await execute(`SELECT ${columns} FROM identities WHERE handle = $1`, [handle]));
}

/** Of an actor; also a deleted one. */
export async function findProfileOf(execute: Execute, actorId: string): Promise<Profile | null> {
  return first(await execute(`SELECT ${columns} FROM identities WHERE actor_id = $1`, [actorId]));
}

/** The row stays locked until the transaction ends. */
export async function lockProfile(execute: Execute, id: string): Promise<Profile | null> {
  return first(await execute(`SELECT ${columns} FROM identities WHERE id = $1 FOR UPDATE`, [id]));
}

/** The live ones, the oldest first: whoever turns the pages while others come misses nobody and sees nobody twice. */
export async function listProfiles(
  execute: Execute,
  o: Page & { identityType: Profile['identityType'] | null; now: Date },
): Promise<Listed> {
  const live = `deleted_at IS NULL AND (expires_at IS NULL OR expires_at > $1::timestamptz)
    AND ($2::text IS NULL OR identity_type = $2)`;
  return await list(execute, {
    ...o,
    where: live,
    order: 'created_at, id',
    params: [o.now.toISOString(), o.identityType],
  });
}

/** All agents of an owner, the ended ones too, the newest first. */
export async function listAgents(execute: Execute, ownerActorId: string, page: Page): Promise<Listed> {
  const where = `spawned_by = $1 AND identity_type = 'agent'`;
  return await list(execute, { ...page, where, order: 'created_at DESC, id DESC', params: [ownerActorId] });
}

/** What of a profile its owner writes. */
export type ProfileTexts = Pick<
  Profile,
  'displayName' | 'bio' | 'avatarUrl' | 'websiteUrl' | 'email' | 'profileVersion'
>;

/** Gives the row as it is then. */
export async function writeTexts(execute: Execute, id: string, texts: ProfileTexts, now: Date): Promise<Profile> {
  const { displayName, bio, avatarUrl, websiteUrl, email, profileVersion } = texts;
  const written = await execute(
    `UPDATE identities SET display_name = $2, bio = $3, avatar_url = $4, website_url = $5, email = $6,
       updated_at = $7::timestamptz, profile_version = $8::int WHERE id = $1 RETURNING ${columns}`,
    [id, displayName, bio, avatarUrl, websiteUrl, email, now.toISOString(), profileVersion],
  );
  const profile = first(written);
  if (profile === null) throw new Error('A row that is locked is gone.');
  return profile;
}

async function list(execute: Execute, o: Page & { where: string; order: string; params: unknown[] }): Promise<Listed> {
  const { where, order, params, page, perPage } = o;
  const n = params.length;
  const sql = `SELECT ${columns} FROM identities WHERE ${where} ORDER BY ${order} LIMIT $${n + 1}::int OFFSET $${n + 2}::int`;
  const { rows } = await execute(sql, [...params, perPage, (page - 1) * perPage]);
  const counted = await execute(`SELECT count(*)::int AS total FROM identities WHERE ${where}`, params);
  return { profiles: rows as unknown as Profile[], total: Number(counted.rows[0]?.['total']) };
}

function first({ rows }: { rows: Record<string, unknown>[] }): Profile | null {
  return (rows[0] as unknown as Profile | undefined) ?? null;
}
