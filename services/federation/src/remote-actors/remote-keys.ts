import { documentUrl, RemoteActorError, type FetchRemoteActor } from './fetch-remote-actor.ts';
import type { KeyMemory } from './key-memory.ts';
import type { RemoteActor } from './remote-actor.ts';
import type { KnownRemoteActor, RemoteActorRepository } from './remote-actor.repository.ts';

const CACHE_MS = 24 * 3600_000;

export interface RemoteKeys {
  /** A look-up for one request; within it nothing is fetched twice. */
  forRequest(): KeyLookup;
  /** Whether an actor's own URL answers 410. */
  isGone(apId: string): Promise<boolean>;
}

/**
 * The actor whose key that is. With `fresh`, fetched again, if that has not happened within 5 minutes.
 * Throws RemoteActorError, saying why it cannot be had.
 */
export type KeyLookup = (keyId: string, o: { fresh: boolean }) => Promise<RemoteActor>;

export interface RemoteKeysDeps {
  remoteActors: RemoteActorRepository;
  fetchRemoteActor: FetchRemoteActor;
  memory: KeyMemory;
  now: () => Date;
}

/** The keys of strangers: kept 24 hours, failed fetches remembered 5 minutes, never fetched by two requests at once. */
export function createRemoteKeys(deps: RemoteKeysDeps): RemoteKeys {
  const underWay = new Map<string, Promise<RemoteActor>>();

  const fetchOnce = (keyId: string): Promise<RemoteActor> => {
    const running = underWay.get(keyId);
    if (running !== undefined) return running;
    const fetching = fetchAndKeep(deps, keyId).finally(() => underWay.delete(keyId));
    underWay.set(keyId, fetching);
    return fetching;
  };

  return {
    forRequest() {
      const fetched = new Map<string, RemoteActor>();
      return async (keyId, { fresh }) => {
        const had = fetched.get(keyId);
        if (had !== undefined) return had;
        const cached = await deps.remoteActors.findByKey(keyId);
        const recent = cached !== undefined && isRecent(cached, deps.now()) ? cached : undefined;
        if (recent !== undefined && !fresh) return recent;
        if (await isRepeated(deps, keyId, recent)) return recent ?? unavailable(keyId);
        const actor = await fetchOnce(keyId);
        fetched.set(keyId, actor);
        return actor.keyId === keyId ? actor : unavailable(keyId);
      };
    },
    async isGone(apId) {
      const remembered = await deps.memory.failure(apId);
      if (remembered !== undefined) return remembered === 'gone';
      return fetchOnce(apId).then(
        () => false,
        (error: unknown) => error instanceof RemoteActorError && error.gone,
      );
    },
  };
}

function isRecent({ fetchedAt }: KnownRemoteActor, now: Date): boolean {
  return now.getTime() - fetchedAt.getTime() < CACHE_MS;
}

function unavailable(keyId: string): never {
  throw new RemoteActorError(`${documentUrl(keyId)} has no such key, or was asked for it a moment ago.`);
}

/** Whether a fetch now would be one too many: it failed a moment ago, or we know this actor and have looked again a moment ago. */
async function isRepeated(deps: RemoteKeysDeps, keyId: string, recent: KnownRemoteActor | undefined): Promise<boolean> {
  const url = documentUrl(keyId);
  const failure = await deps.memory.failure(url);
  if (failure !== undefined && recent === undefined) {
    throw new RemoteActorError(`${url} could not be fetched a moment ago.`, { gone: failure === 'gone' });
  }
  if (failure !== undefined) return true;
  const isRefetch = recent !== undefined || (await deps.remoteActors.knows(url));
  return isRefetch && !(await deps.memory.mayRefetch(url));
}

async function fetchAndKeep(deps: RemoteKeysDeps, keyId: string): Promise<RemoteActor> {
  const url = documentUrl(keyId);
  try {
    const actor = await deps.fetchRemoteActor(keyId);
    await deps.remoteActors.save(actor, deps.now());
    return actor;
  } catch (error) {
    if (!(error instanceof RemoteActorError)) throw error;
    await deps.memory.rememberFailure(url, error.gone);
    await deps.remoteActors.markFailed(url, deps.now());
    throw error;
  }
}
