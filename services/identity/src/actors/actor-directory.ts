import type { Invalidations } from '@artdag/key-value';
import { builtInActors } from '@artdag/actor-keys';
import { LRUCache } from 'lru-cache';
import type { AuthClient, KnownActor } from './auth-client.ts';

/**
 * Actors as auth knows them, at most a minute old: a disabled actor signs nothing after that, and as a rule at once, since auth tells of every
 * change. An actor is the same object until it is asked for again, so what follows from it may be kept beside it.
 */
export interface ActorDirectory {
  /** An actor that is known well enough to be believed now. */
  peek(actorId: string): KnownActor | undefined;
  /** After asking auth if need be; null for an unknown actor. */
  get(actorId: string): Promise<KnownActor | null>;
  /** Forgets what it knew, after news of the actor. */
  forget(actorId: string): void;
}

const maxActors = 20_000;
/** From here on a use asks auth in the background, so that busy actors never wait for it. */
const refreshMs = 30_000;
const maxAgeMs = 60_000;
/** A stranger may register the next moment. */
const unknownMs = 1000;

/** auth does not know them, as they hold no credential; they are always there. */
const builtIns = new Map(
  builtInActors.map(({ actorId, username }): [string, KnownActor] => [
    actorId,
    {
      ...{ actorId, actorType: 'service', username, displayName: username, status: 'active' },
      ...{ version: 0, microdaoIds: [], roles: [], orgId: null },
    },
  ]),
);

interface Entry {
  actor: KnownActor | null;
  askedAt: number;
}

export interface ActorDirectoryOptions {
  auth: AuthClient;
  now: () => Date;
  invalidations: Pick<Invalidations, 'on' | 'onGap'>;
}

export function createActorDirectory(o: ActorDirectoryOptions): ActorDirectory {
  const known = new LRUCache<string, Entry>({ max: maxActors });
  const asking = new Map<string, Promise<KnownActor | null>>();

  const ask = (actorId: string): Promise<KnownActor | null> => {
    let answer = asking.get(actorId);
    if (answer === undefined) {
      // Aged from before the question: what auth changes meanwhile must not count as known.
      const askedAt = o.now().getTime();
      answer = o.auth
        .findActor(actorId)
        .then((actor) => {
          if (asking.get(actorId) === answer) known.set(actorId, { actor, askedAt });
          return actor;
        })
        .finally(() => {
          if (asking.get(actorId) === answer) asking.delete(actorId);
        });
      asking.set(actorId, answer);
    }
    return answer;
  };

  const ageOf = (entry: Entry): number => o.now().getTime() - entry.askedAt;

  // An answer that is under way may be from before the change: it serves those who wait for it and is not kept.
  const forget = (actorId: string): void => {
    known.delete(actorId);
    asking.delete(actorId);
  };
  o.invalidations.on('actor', forget);
  o.invalidations.onGap(() => {
    known.clear();
    asking.clear();
  });

  return {
    peek(actorId) {
      const builtIn = builtIns.get(actorId);
      if (builtIn !== undefined) return builtIn;
      const entry = known.get(actorId);
      if (entry === undefined || entry.actor === null || ageOf(entry) >= maxAgeMs) return undefined;
      // A failure here is told by the first use that has to wait.
      if (ageOf(entry) >= refreshMs) ask(actorId).catch(() => {});
      return entry.actor;
    },
    async get(actorId) {
      const builtIn = builtIns.get(actorId);
      if (builtIn !== undefined) return builtIn;
      const entry = known.get(actorId);
      const maxAge = entry?.actor === null ? unknownMs : maxAgeMs;
      return entry !== undefined && ageOf(entry) < maxAge ? entry.actor : await ask(actorId);
    },
    forget,
  };
}
