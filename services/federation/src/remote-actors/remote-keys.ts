import type { KeyFetch } from '../metrics.ts';
import { RemoteActorError, type FetchRemoteActor } from './fetch-remote-actor.ts';
import { FetchesBusyError, type FetchGate } from './fetch-gate.ts';
import type { KeyMemory } from './key-memory.ts';
import { documentUrl, keyPem, type RemoteActor } from './remote-actor.ts';
import type { RemoteActorRepository } from './remote-actor.repository.ts';

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
  gate: FetchGate;
  onFetched: (result: KeyFetch) => void;
  memory: KeyMemory;
  now: () => Date;
}

interface Found {
  actor: RemoteActor;
  wasFetched: boolean;
}

/** The keys of strangers: kept 24 hours, failed fetches remembered 5 minutes, never looked up by two requests at once. */
export function createRemoteKeys(deps: RemoteKeysDeps): RemoteKeys {
  const underWay = new Map<string, Promise<Found>>();

  const shared = (name: string, find: () => Promise<Found>): Promise<Found> => {
    const running = underWay.get(name);
    if (running !== undefined) return running;
    const finding = find().finally(() => underWay.delete(name));
    underWay.set(name, finding);
    return finding;
  };

  return {
    forRequest() {
      let fetched: RemoteActor | undefined;
      return async (keyId, { fresh }) => {
        if (fetched !== undefined && keyPem(fetched, keyId) !== undefined) return fetched;
        const { actor, wasFetched } = await shared(`${fresh} ${keyId}`, () => findKey(deps, keyId, fresh));
        if (wasFetched) fetched = actor;
        return actor;
      };
    },
    async isGone(apId) {
      const remembered = await deps.memory.failure(apId);
      if (remembered !== undefined) return remembered === 'gone';
      return shared(`actor ${apId}`, () => fetchAndKeep(deps, apId)).then(
        () => false,
        (error: unknown) => error instanceof RemoteActorError && error.gone,
      );
    },
  };
}

async function findKey(deps: RemoteKeysDeps, keyId: string, fresh: boolean): Promise<Found> {
  const recent = await findRecent(deps, keyId, fresh);
  if (recent !== undefined && (!fresh || !(await mayRefetch(deps, keyId)))) return { actor: recent, wasFetched: false };
  if (recent === undefined) await refuseRepeatedFetch(deps, keyId);
  const found = await fetchAndKeep(deps, keyId);
  if (keyPem(found.actor, keyId) === undefined) throw new RemoteActorError(`${documentUrl(keyId)} has no such key.`);
  return found;
}

async function findRecent(
  { remoteActors, now }: RemoteKeysDeps,
  keyId: string,
  fresh: boolean,
): Promise<RemoteActor | undefined> {
  const known = await remoteActors.findByKey(keyId, { fresh });
  return known !== undefined && now().getTime() - known.fetchedAt.getTime() < CACHE_MS ? known : undefined;
}

async function mayRefetch({ memory }: RemoteKeysDeps, keyId: string): Promise<boolean> {
  const url = documentUrl(keyId);
  return (await memory.failure(url)) === undefined && memory.mayRefetch(url);
}

/** A fetch that failed a moment ago is not repeated, and an actor whom we know is not asked for ever other keys. */
async function refuseRepeatedFetch({ memory, remoteActors }: RemoteKeysDeps, keyId: string): Promise<void> {
  const url = documentUrl(keyId);
  const failure = await memory.failure(url);
  if (failure !== undefined) {
    throw new RemoteActorError(`${url} could not be fetched a moment ago.`, { gone: failure === 'gone' });
  }
  if ((await remoteActors.knows(url)) && !(await memory.mayRefetch(url))) {
    throw new RemoteActorError(`${url} had no such key a moment ago.`);
  }
}

async function fetchAndKeep(deps: RemoteKeysDeps, keyId: string): Promise<Found> {
  const url = documentUrl(keyId);
  try {
    const actor = await deps.gate(new URL(url).host, () => deps.fetchRemoteActor(keyId));
    await deps.remoteActors.save(actor, deps.now());
    deps.onFetched('ok');
    return { actor, wasFetched: true };
  } catch (error) {
    if (error instanceof RemoteActorError) deps.onFetched(resultOf(error));
    // One that was not even tried says nothing about its host.
    if (error instanceof FetchesBusyError) await deps.memory.notRefetched(url);
    if (!(error instanceof RemoteActorError) || error instanceof FetchesBusyError) throw error;
    await deps.memory.rememberFailure(url, error.gone);
    await deps.remoteActors.markFailed(url, deps.now());
    throw error;
  }
}

function resultOf(error: RemoteActorError): KeyFetch {
  if (error instanceof FetchesBusyError) return 'busy';
  return error.gone ? 'gone' : 'failed';
}
