import type { Execute } from '@artdag/messaging';
import type { ActorKeyRepository } from './actor-key.repository.ts';
import type { KeyMaker } from './key-maker.ts';
import { keyKinds } from './key-pair.ts';
import type { KeyOwner } from './key-store.ts';

export interface FollowActorDeps {
  repository: ActorKeyRepository;
  maker: KeyMaker;
}

/**
 * An actor has registered: both pairs are made, so that they are there for its first claim. If something newer was heard
 * of the actor, which ended it, there is nothing to make.
 *
 * @param version of the actor, `actors.version` in auth
 */
export async function actorRegistered(
  deps: FollowActorDeps,
  execute: Execute,
  owner: KeyOwner,
  version: number,
): Promise<void> {
  // Before the first write: a claim that needs the Ed25519 pair meanwhile must not wait for the RSA one behind a lock.
  const proposals = await deps.maker.prepare(execute, owner, keyKinds);
  const status = await deps.repository.noteActor(execute, { ...owner, status: 'active', version });
  if (status === 'active') await deps.maker.settle(execute, owner, proposals);
  else await Promise.all(proposals.map((proposal) => proposal.discard()));
}

/** An actor was disabled or deleted: noted, so that a late registration makes no keys. */
export async function actorEnded(
  deps: Pick<FollowActorDeps, 'repository'>,
  execute: Execute,
  news: { actorId: string; status: 'disabled' | 'deleted'; version: number },
): Promise<void> {
  await deps.repository.noteActor(execute, { ...news, username: null });
}
