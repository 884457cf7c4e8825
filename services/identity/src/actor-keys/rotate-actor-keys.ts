import { keyKinds, nextKeyId, type KeyKind } from '@artdag/actor-keys';
import { appendEvent } from '@artdag/messaging';
import { AppError, type Logger } from '@artdag/service-kit';
import type { KeySet, Replacement } from './actor-key.repository.ts';
import { primaryKey, type KeyMakerDeps } from './key-maker.ts';
import { keysChanged } from './keys-changed.ts';
import type { ActorKey } from './key-store.ts';

export interface RotateActorKeysDeps extends KeyMakerDeps {
  logger: Logger;
  /** Tells every replica, after the commit, to forget what it holds of an actor's keys. */
  announce: (actorId: string) => Promise<void>;
}

export interface RotationWanted {
  username: string;
  /** Both by default. */
  kind?: KeyKind | undefined;
  /** The former key is nobody's any more: earlier signatures by it are not to be believed. */
  compromised: boolean;
}

const maxTries = 5;

/**
 * Gives an actor new keys. The former ones sign no more and stay known, as retired or compromised; `actor-keys-changed` tells so. Several
 * rotations at once happen one after the other.
 *
 * @throws AppError 404 `keys_not_found`, 409 `rotated_meanwhile`, 503 `actor_key_unavailable` when the present private key is not here: a
 *   replica on a folder of its own must not fork the actor
 */
export async function rotateActorKeys(deps: RotateActorKeysDeps, wanted: RotationWanted): Promise<KeySet> {
  for (let tries = 0; tries < maxTries; tries++) {
    const held = await deps.repository.findByUsername(deps.execute, wanted.username);
    const rotated = held === null ? null : await rotateOnce(deps, held, presentKeys(held, wanted), wanted.compromised);
    if (rotated !== null) return rotated;
    if (held === null) throw notFound(wanted);
  }
  throw new AppError('rotated_meanwhile', 409, `The keys of ${wanted.username} change all the time; try again.`);
}

function presentKeys(held: KeySet, wanted: RotationWanted): ActorKey[] {
  const kinds = wanted.kind === undefined ? keyKinds : [wanted.kind];
  const present = kinds.flatMap((kind) => primaryKey(held, kind) ?? []);
  if (present.length === 0) throw notFound(wanted);
  return present;
}

/** Null when somebody else rotated first; nothing is left of the attempt then. */
async function rotateOnce(
  deps: RotateActorKeysDeps,
  held: KeySet,
  present: readonly ActorKey[],
  compromised: boolean,
): Promise<KeySet | null> {
  const { repository, store } = deps;
  const owner = { actorId: held.actorId, username: held.username };
  // Also puts in its place what an interrupted rotation has staged: at most one pair is on its way there.
  if (!(await opensAll(deps, present))) return null;
  const replacements = await Promise.all(present.map((key) => successorOf(deps, held, key, compromised)));
  // If this throws, the rows may be there or not: nothing is thrown away, and whoever opens the key finds the pair.
  const set = await deps.transaction(async (execute) => {
    const replaced = await repository.replace(execute, owner, replacements, deps.now());
    if (replaced !== null) await appendEvent(execute, keysChanged(replaced, deps.now()));
    return replaced;
  });
  if (set === null) {
    await Promise.all(replacements.map(({ next }) => next.discard()));
    return null;
  }
  for (const { next } of replacements) {
    await store.settleNext(next, owner, set.keys).catch((error: unknown) => {
      deps.logger.warn('A new key is in use and not yet in its place; the next use puts it there.', { error });
    });
  }
  await deps.announce(held.actorId);
  const changes = replacements.map(({ formerKeyId, next }) => `${formerKeyId} → ${next.keyId}`);
  deps.logger.info('keys of an actor were rotated', { actor_id: held.actorId, changes, compromised });
  return set;
}

/** False when a key has changed since it was read. @throws AppError 503 `actor_key_unavailable` */
async function opensAll(
  { store, repository, execute }: RotateActorKeysDeps,
  keys: readonly ActorKey[],
): Promise<boolean> {
  for (const key of keys) {
    try {
      await store.open(key);
    } catch (error) {
      const now = primaryKey(await repository.find(execute, key.actorId), key.kind);
      if (now?.keyId === key.keyId) throw error;
      return false;
    }
  }
  return true;
}

async function successorOf(
  { store, publicUrl }: RotateActorKeysDeps,
  held: KeySet,
  former: ActorKey,
  compromised: boolean,
): Promise<Replacement> {
  const keyIds = held.keys.filter(({ kind }) => kind === former.kind).map(({ keyId }) => keyId);
  const keyId = nextKeyId(publicUrl, held.username, former.kind, keyIds);
  const next = await store.proposeNext(former, keyId);
  return { formerKeyId: former.keyId, formerStatus: compromised ? 'compromised' : 'retired', next };
}

function notFound({ username, kind }: RotationWanted): AppError {
  const what = kind === undefined ? 'keys' : `${kind} key`;
  return new AppError(
    'keys_not_found',
    404,
    `${username} has no ${what} to rotate; the first is made when it is used.`,
  );
}
