import { builtInActor, type KeyKind } from '@artdag/actor-keys';
import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { ActorDirectory } from '../actors/actor-directory.ts';
import type { ActorKeyRepository, KeySet } from './actor-key.repository.ts';
import { primaryKey, type KeyMaker } from './key-maker.ts';

export interface GetActorKeysDeps {
  repository: ActorKeyRepository;
  execute: Execute;
  maker: KeyMaker;
  actors: ActorDirectory;
}

/**
 * All public keys of an actor, retired ones included; those of the `wanted` kinds that were never made are made first. A disabled
 * or deleted actor's keys stay readable, since claims outlive accounts, but no new ones are made for it.
 *
 * @throws AppError 404 `actor_not_found`
 */
export async function getActorKeys(
  deps: GetActorKeysDeps,
  actorId: string,
  wanted: readonly KeyKind[],
): Promise<KeySet> {
  const own = builtInActor(actorId)?.kinds;
  const kinds = own === undefined ? wanted : wanted.filter((kind) => own.includes(kind));
  const held = await deps.repository.find(deps.execute, actorId);
  const complete = kinds.every((kind) => primaryKey(held, kind) !== undefined);
  if (held !== null && complete) return held;
  const actor = await deps.actors.get(actorId);
  if (actor === null) throw new AppError('actor_not_found', 404, `There is no actor ${actorId}.`);
  if (actor.status === 'active') return await deps.maker.ensure({ actorId, username: actor.username }, kinds);
  return held ?? { actorId, username: actor.username, version: 0, keys: [] };
}
