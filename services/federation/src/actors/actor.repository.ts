import type { ApActor, PrismaClient } from '@artdag/database/federation';
import type { Execute } from '@artdag/messaging';
import type { ActorKey } from './actor-keys.ts';
import type { LocalActor } from './local-actor.ts';

export interface ActorRepository {
  /** Deleted ones are found too. */
  findByUsername(username: string): Promise<LocalActor | undefined>;
  /** Newest first, without deleted ones. */
  list(page: { limit: number; offset: number }): Promise<{ actors: LocalActor[]; total: number }>;
}

export function createActorRepository(prisma: Pick<PrismaClient, 'apActor'>): ActorRepository {
  return {
    async findByUsername(username) {
      const row = await prisma.apActor.findUnique({ where: { username } });
      return row === null ? undefined : toLocalActor(row);
    },
    async list({ limit, offset }) {
      const where = { deletedAt: null };
      const [rows, total] = await Promise.all([
        prisma.apActor.findMany({
          where,
          orderBy: [{ createdAt: 'desc' }, { actorId: 'desc' }],
          take: limit,
          skip: offset,
        }),
        prisma.apActor.count({ where }),
      ]);
      return { actors: rows.map(toLocalActor), total };
    },
  };
}

function toLocalActor(row: ApActor): LocalActor {
  const { actorId, username, apId, type, displayName, bio, avatarUrl, websiteUrl, createdAt, deletedAt } = row;
  // Written by this repository only, from checked events and answers of identity.
  const keys = row.publicKeys as unknown as ActorKey[];
  return { actorId, username, apId, type, displayName, bio, avatarUrl, websiteUrl, keys, createdAt, deletedAt };
}

/*
 * What events write: statements of the consumer's transaction. Each takes effect only if its version is higher than the one that
 * the row holds, so that late and repeated events change nothing.
 */

const REGISTER = `
INSERT INTO ap_actors AS a (actor_id, username, ap_id, type, display_name, actor_version, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (actor_id) DO UPDATE SET username = EXCLUDED.username, ap_id = EXCLUDED.ap_id, type = EXCLUDED.type,
  display_name = EXCLUDED.display_name, actor_version = EXCLUDED.actor_version, updated_at = now(),
  created_at = least(a.created_at, EXCLUDED.created_at)
WHERE a.actor_version < EXCLUDED.actor_version`;

export interface Registration {
  actorId: string;
  username: string;
  apId: string;
  type: string;
  displayName: string | null;
  version: number;
  registeredAt: string;
}

export async function upsertRegistration(execute: Execute, r: Registration): Promise<void> {
  await execute(REGISTER, [r.actorId, r.username, r.apId, r.type, r.displayName, r.version, r.registeredAt]);
}

const COLUMNS = `actor_id, username, ap_id, type, display_name, bio, avatar_url, website_url, public_keys, created_at, deleted_at`;

const SET_KEYS = `
INSERT INTO ap_actors AS a (actor_id, username, ap_id, type, public_keys, keys_version)
SELECT $1, $2, $3, $4, $5::jsonb, $6
WHERE $7 OR EXISTS (SELECT 1 FROM ap_actors WHERE actor_id = $1)
ON CONFLICT (actor_id) DO UPDATE SET public_keys = EXCLUDED.public_keys, keys_version = EXCLUDED.keys_version, updated_at = now()
WHERE a.keys_version < EXCLUDED.keys_version
RETURNING ${COLUMNS}`;

export interface KeySet {
  actorId: string;
  username: string;
  apId: string;
  type: string;
  keys: readonly ActorKey[];
  version: number;
  /** Whether to make a row for an actor that is not known yet. */
  evenIfUnknown: boolean;
}

/** The actor with its new keys; undefined when nothing was changed. */
export async function upsertKeys(execute: Execute, s: KeySet): Promise<LocalActor | undefined> {
  const keys = JSON.stringify(s.keys);
  const { rows } = await execute(SET_KEYS, [s.actorId, s.username, s.apId, s.type, keys, s.version, s.evenIfUnknown]);
  return rows.map(rowToLocalActor)[0];
}

function rowToLocalActor(row: Record<string, unknown>): LocalActor {
  return {
    actorId: String(row['actor_id']),
    username: String(row['username']),
    apId: String(row['ap_id']),
    type: String(row['type']),
    displayName: row['display_name'] as string | null,
    bio: row['bio'] as string | null,
    avatarUrl: row['avatar_url'] as string | null,
    websiteUrl: row['website_url'] as string | null,
    keys: row['public_keys'] as ActorKey[],
    createdAt: row['created_at'] as Date,
    deletedAt: row['deleted_at'] as Date | null,
  };
}

const KNOWS = 'SELECT ap_id, username FROM ap_actors WHERE actor_id = $1 AND actor_version > 0';

/** The addresses of an actor whose registration has been heard of. */
export async function findRegistered(
  execute: Execute,
  actorId: string,
): Promise<{ apId: string; username: string } | undefined> {
  const { rows } = await execute(KNOWS, [actorId]);
  return rows.map((row) => ({ apId: String(row['ap_id']), username: String(row['username']) }))[0];
}

const LOCK = `SELECT ${COLUMNS} FROM ap_actors WHERE actor_id = $1 AND actor_version > 0 FOR UPDATE`;

/** An actor whose registration has been heard of, deleted ones included; its row stays locked until the transaction ends. */
export async function lockRegistered(execute: Execute, actorId: string): Promise<LocalActor | undefined> {
  return (await execute(LOCK, [actorId])).rows.map(rowToLocalActor)[0];
}

const SET_NAME = `
UPDATE ap_actors SET display_name = $2, actor_version = $3, updated_at = now()
WHERE actor_id = $1 AND deleted_at IS NULL AND actor_version < $3
RETURNING ${COLUMNS}`;

/** The actor with its new name; undefined when nothing was changed, as something as new is kept already. */
export async function setName(
  execute: Execute,
  { actorId, displayName, version }: { actorId: string; displayName: string; version: number },
): Promise<LocalActor | undefined> {
  return (await execute(SET_NAME, [actorId, displayName, version])).rows.map(rowToLocalActor)[0];
}

const SET_PROFILE = `
UPDATE ap_actors SET bio = $2, avatar_url = $3, website_url = $4, profile_version = $5, updated_at = now()
WHERE actor_id = $1 AND deleted_at IS NULL AND profile_version < $5
RETURNING ${COLUMNS}`;

/** The actor with its new profile; undefined when nothing was changed, as something as new is kept already. */
export async function setProfile(
  execute: Execute,
  p: Pick<LocalActor, 'actorId' | 'bio' | 'avatarUrl' | 'websiteUrl'> & { version: number },
): Promise<LocalActor | undefined> {
  const { rows } = await execute(SET_PROFILE, [p.actorId, p.bio, p.avatarUrl, p.websiteUrl, p.version]);
  return rows.map(rowToLocalActor)[0];
}

const MARK_DELETED = `
UPDATE ap_actors SET deleted_at = $2, display_name = NULL, bio = NULL, avatar_url = NULL, website_url = NULL, actor_version = $3, updated_at = now()
WHERE actor_id = $1 AND actor_version < $3`;

/** Answers whether this is news. */
export async function markDeleted(execute: Execute, actorId: string, version: number, at: string): Promise<boolean> {
  return (await execute(MARK_DELETED, [actorId, at, version])).rowCount > 0;
}
