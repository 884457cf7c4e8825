import { LRUCache } from 'lru-cache';
import type { ActorProfile } from './actor-profile.ts';
import type { ActorRepository } from './actor.repository.ts';

/** Profiles for whoever is signed in: `GET /auth/me` must not cost a query, a demotion must not wait a week. */
export interface ActorProfiles {
  /** At most a minute old. */
  recent(actorId: string): Promise<ActorProfile | null>;
  /** As the database has it now. */
  fresh(actorId: string): Promise<ActorProfile | null>;
}

const maxProfiles = 20_000;
const maxAgeMs = 60_000;

export function createActorProfiles(o: { repository: ActorRepository; now: () => Date }): ActorProfiles {
  const held = new LRUCache<string, { profile: ActorProfile; readAt: number }>({ max: maxProfiles });
  const fresh = async (actorId: string): Promise<ActorProfile | null> => {
    const readAt = o.now().getTime();
    const profile = await o.repository.find(actorId);
    if (profile === null) held.delete(actorId);
    else held.set(actorId, { profile, readAt });
    return profile;
  };
  return {
    fresh,
    async recent(actorId) {
      const entry = held.get(actorId);
      return entry !== undefined && o.now().getTime() - entry.readAt < maxAgeMs ? entry.profile : await fresh(actorId);
    },
  };
}
