import { RetryLater, type Execute } from '@artdag/messaging';
import { beginErasure } from '../erasing/begin-erasure.ts';
import type { LocalUrls } from '../urls.ts';
import { isUsername } from '../urls.ts';
import { announceActor } from './announce-actor.ts';
import { findRegistered, markDeleted, upsertKeys, upsertRegistration } from './actor.repository.ts';
import { holdForDeletion } from './hold-actor.ts';
import { sayGoodbye } from './say-goodbye.ts';
import type { ActorKey } from './actor-keys.ts';
import { activityStreamsType, kindOf, type ActorKind } from './local-actor.ts';

export interface RegisteredActor {
  actorId: string;
  username: string;
  kind: ActorKind;
  displayName: string | null;
  /** `actors.version` of auth. */
  version: number;
  registeredAt: string;
}

/** Keeps a new actor; the same or an older word about it changes nothing. */
export async function applyRegistration(execute: Execute, urls: LocalUrls, actor: RegisteredActor): Promise<void> {
  const { kind, ...rest } = actor;
  await upsertRegistration(execute, { ...rest, apId: urls.actor(actor.username), type: activityStreamsType(kind) });
}

export interface ChangedKeys {
  actorId: string;
  username: string;
  keys: readonly ActorKey[];
  /** The counter of identity's key set. */
  version: number;
  now: Date;
}

/**
 * Keeps an actor's public keys, unless later ones are kept already. Needs no registration first: keys of an actor not heard of yet make
 * its row, and the registration fills in the rest. Not so for services: the log and the instance have keys too, and nobody can follow
 * those. When a key has ended, followers are told.
 */
export async function applyKeys(execute: Execute, urls: LocalUrls, changed: ChangedKeys): Promise<void> {
  const kind = kindOf(changed.actorId);
  if (!isUsername(changed.username)) return;
  const apId = urls.actor(changed.username);
  const evenIfUnknown = kind !== 'service';
  const actor = await upsertKeys(execute, { ...changed, apId, type: activityStreamsType(kind), evenIfUnknown });
  const isNews = changed.keys.some(({ status }) => status !== 'primary');
  if (actor === undefined || actor.deletedAt !== null || !isNews) return;
  await announceActor(execute, urls, { actor, change: `keys-${changed.version}`, now: changed.now });
}

export interface DeletedActor {
  actorId: string;
  /** `actors.version` of auth. */
  version: number;
  /** ISO-8601 UTC. */
  deletedAt: string;
  /** Of the event; the erasure goes by it. */
  eventId: string;
  now: Date;
}

/**
 * Makes a tombstone of an actor, tells its followers, and begins to erase what it had published.
 * @throws RetryLater when its registration has not come yet: the tombstone needs the name.
 */
export async function applyDeletion(execute: Execute, deleted: DeletedActor): Promise<void> {
  const { actorId, version, deletedAt, eventId, now } = deleted;
  const actor = await findRegistered(execute, actorId);
  if (actor === undefined) throw new RetryLater(`${actorId} was deleted, its registration has not come yet`);
  const { apId: apActorId, username } = actor;
  await holdForDeletion(execute, apActorId);
  if (!(await markDeleted(execute, actorId, version, deletedAt))) return;
  await sayGoodbye(execute, { apActorId, username, now });
  const marks = ['"', '/', '#'].map((end) => apActorId + end);
  await beginErasure(execute, { id: eventId, kind: 'account', apActorId, username, marks });
}
