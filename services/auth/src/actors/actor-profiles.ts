import { LRUCache } from 'lru-cache';
import type { ActorProfile } from './actor-profile.ts';
import type { ActorRepository } from './actor.repository.ts';

/** Profiles for whoever is signed in: `GET /auth/me` must not cost a query, a demotion must not wait a week. */
export interface ActorProfiles {
  /** At most a minute old, and no older than the last change that this process has heard of. */
  recent(actorId: string): Promise<ActorProfile | null>;
  /** As the database has it now. */
  fresh(actorId: string): Promise<ActorProfile | null>;
  /** Something about the actor has changed. */
  forget(actorId: string): void;
  /** Something about somebody may have changed. */
  forgetAll(): void;
}

const maxProfiles = 20_000;
const maxAgeMs = 60_000;

export function createActorProfiles(o: { repository: ActorRepository; now: () => Date }): ActorProfiles {
  const held = new LRUCache<string, { profile: ActorProfile; readAt: number }>({ max: maxProfiles });
  let changes = 0;
  const fresh = async (actorId: string): Promise<ActorProfile | null> => {
    const readAt = o.now().getTime();
    const changesBefore = changes;
    const profile = await o.repository.find(actorId);
    // What was read while something changed may be what was there before.
    if (profile === null || changes !== changesBefore) held.delete(actorId);
    else held.set(actorId, { profile, readAt });
    return profile;
  };
  return {
    fresh,
    async recent(actorId) {
      const entry = held.get(actorId);
      return entry !== undefined && o.now().getTime() - entry.readAt < maxAgeMs ? entry.profile : await fresh(actorId);
    },
    forget(actorId) {
      changes += 1;
      held.delete(actorId);
    },
    forgetAll() {
      changes += 1;
      held.clear();
    },
  };
}
