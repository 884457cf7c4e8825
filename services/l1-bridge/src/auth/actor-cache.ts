import { BoundedMap } from '../bounded-map.ts';
import type { KnownActor } from './ask-auth.ts';

/** Actors as auth knows them, at most a minute old. They say how somebody is called; whether a token counts is asked elsewhere, at every use. */
export interface ActorCache {
  /** At once where it is known; asks auth otherwise. Null for an unknown actor. What is in use is renewed while it is still known. */
  get(actorId: string): KnownActor | null | Promise<KnownActor | null>;
  /** The actor has changed. */
  forget(actorId: string): void;
  forgetAll(): void;
}

const maxActors = 20_000;
const maxAgeMs = 60_000;
/** One in use is asked about again from this age on, so that no request waits for it. */
const renewAfterMs = 30_000;
/** Those who came in the same second do not all have to be asked about in the same second again. */
const renewalsAtOnce = 4;
const pauseAfterFailureMs = 5_000;

interface Entry {
  actor: KnownActor;
  askedAt: number;
  renewAt: number;
}

export function createActorCache(o: {
  find: (actorId: string) => Promise<KnownActor | null>;
  now: () => Date;
}): ActorCache {
  const known = new BoundedMap<Entry>({ max: maxActors });
  const asking = new Map<string, Promise<KnownActor | null>>();
  let renewals = 0;

  function ask(actorId: string): Promise<KnownActor | null> {
    const running = asking.get(actorId);
    if (running !== undefined) return running;
    // Aged from before the question: what auth changes meanwhile must not count as known.
    const askedAt = o.now().getTime();
    const answer = o
      .find(actorId)
      .then((actor) => {
        if (asking.get(actorId) !== answer) return actor;
        if (actor === null) known.delete(actorId);
        else known.set(actorId, { actor, askedAt, renewAt: askedAt + renewAfterMs });
        return actor;
      })
      .finally(() => {
        if (asking.get(actorId) === answer) asking.delete(actorId);
      });
    asking.set(actorId, answer);
    return answer;
  }

  function renew(actorId: string, entry: Entry): void {
    renewals += 1;
    ask(actorId)
      .catch(() => {
        entry.renewAt = o.now().getTime() + pauseAfterFailureMs;
      })
      .finally(() => {
        renewals -= 1;
      });
  }

  return {
    get(actorId) {
      const entry = known.get(actorId);
      const at = o.now().getTime();
      if (entry === undefined || at - entry.askedAt >= maxAgeMs) return ask(actorId);
      if (at >= entry.renewAt && renewals < renewalsAtOnce && !asking.has(actorId)) renew(actorId, entry);
      return entry.actor;
    },
    forget(actorId) {
      known.delete(actorId);
      asking.delete(actorId);
    },
    forgetAll() {
      known.clear();
      asking.clear();
    },
  };
}
