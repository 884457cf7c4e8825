import { keyKinds } from '@artdag/actor-keys';
import type { Execute } from '@artdag/messaging';
import type { ActorNewsRepository, ActorStatus } from './actor-news.repository.ts';
import type { KeyMaker } from './key-maker.ts';
import type { KeyOwner } from './key-store.ts';

export interface FollowActorDeps {
  news: ActorNewsRepository;
  maker: KeyMaker;
  /** Autocommit statements. */
  execute: Execute;
}

/**
 * An actor has registered: both pairs are made, so that they are there for its first claim. If something newer was heard
 * of the actor, which ended it, there is nothing to make. No transaction may be open; repeating it changes nothing.
 *
 * @param version of the actor, `actors.version` in auth
 */
export async function makeFirstKeys(deps: FollowActorDeps, owner: KeyOwner, version: number): Promise<void> {
  const heard = await deps.news.findStatus(deps.execute, owner.actorId);
  if (heard !== null && heard.status !== 'active' && heard.version > version) return;
  await deps.maker.ensure(owner, keyKinds);
}

/** The registration is noted; gives what is known of the actor then. */
export async function actorRegistered(
  deps: Pick<FollowActorDeps, 'news'>,
  execute: Execute,
  owner: KeyOwner,
  { version, at }: { version: number; at: string },
): Promise<ActorStatus> {
  return await deps.news.noteActor(execute, { ...owner, status: 'active', version, at });
}

/** An actor was disabled or deleted: noted, so that a late registration makes no keys. */
export async function actorEnded(
  deps: Pick<FollowActorDeps, 'news'>,
  execute: Execute,
  news: { actorId: string; status: 'disabled' | 'deleted'; version: number; at: string },
): Promise<void> {
  await deps.news.noteActor(execute, { ...news, username: null });
}
