import type { Execute } from '@artdag/messaging';

export type ActorStatus = 'active' | 'disabled' | 'deleted';

/** What an event of auth says of an actor; only `user-registered` names the user. */
export interface ActorNews {
  actorId: string;
  username: string | null;
  status: ActorStatus;
  /** `actors.version` in auth. */
  version: number;
  /** ISO-8601 UTC: when it came to be so. */
  at: string;
}

/** What auth has said of the actors that have keys, or would have. */
export interface ActorNewsRepository {
  /** What was last heard of an actor. */
  findStatus(execute: Execute, actorId: string): Promise<{ status: ActorStatus; version: number } | null>;
  /** When the actor's end was; null when none was heard of. */
  findEnd(execute: Execute, actorId: string): Promise<Date | null>;
  /** Applies what auth said unless something newer was applied before; returns the status that then counts. */
  noteActor(execute: Execute, news: ActorNews): Promise<ActorStatus>;
}

export const actorNewsRepository: ActorNewsRepository = { findStatus, findEnd, noteActor };

async function findStatus(execute: Execute, actorId: string): Promise<{ status: ActorStatus; version: number } | null> {
  const { rows } = await execute(
    `SELECT actor_status AS status, actor_version AS version FROM key_sets WHERE actor_id = $1`,
    [actorId],
  );
  return (rows[0] as unknown as { status: ActorStatus; version: number } | undefined) ?? null;
}

async function findEnd(execute: Execute, actorId: string): Promise<Date | null> {
  const { rows } = await execute(`SELECT ended_at FROM key_sets WHERE actor_id = $1`, [actorId]);
  return (rows[0]?.['ended_at'] as Date | null | undefined) ?? null;
}

async function noteActor(execute: Execute, news: ActorNews): Promise<ActorStatus> {
  const { actorId, username, status, version, at } = news;
  const { rows } = await execute(
    `INSERT INTO key_sets AS held (actor_id, username, actor_status, actor_version, ended_at, updated_at)
     VALUES ($1, coalesce($2, ''), $3, $4, $5, now())
     ON CONFLICT (actor_id) DO UPDATE SET
       username = coalesce(nullif(excluded.username, ''), held.username),
       ended_at = CASE WHEN excluded.actor_version > held.actor_version THEN excluded.ended_at ELSE held.ended_at END,
       actor_status = CASE WHEN excluded.actor_version > held.actor_version
         THEN excluded.actor_status ELSE held.actor_status END,
       actor_version = greatest(held.actor_version, excluded.actor_version),
       updated_at = now()
     RETURNING actor_status`,
    [actorId, username, status, version, status === 'active' ? null : at],
  );
  return rows[0]?.['actor_status'] as ActorStatus;
}
