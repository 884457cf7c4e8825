import { actorKeysChanged } from '@artdag/events';
import { newId } from '@artdag/service-kit';
import type { KeySet } from './actor-key.repository.ts';
import { publicKeyInfo } from './public-key-info.ts';

/** The event that tells of an actor's keys, all of them, at this version. */
export function keysChanged(set: KeySet, now: Date) {
  return actorKeysChanged.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: `${set.actorId}#keys`,
    subject_version: set.version,
    actor_id: set.actorId,
    data: { actor_id: set.actorId, username: set.username, keys: set.keys.map(publicKeyInfo) },
  });
}
