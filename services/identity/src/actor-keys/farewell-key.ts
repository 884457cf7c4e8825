import type { KeyKind } from '@artdag/actor-keys';
import type { Execute } from '@artdag/messaging';
import type { KnownActor } from '../actors/auth-client.ts';
import type { ActorKeyRepository } from './actor-key.repository.ts';
import type { ActorNewsRepository } from './actor-news.repository.ts';
import { primaryKey } from './key-maker.ts';
import type { SigningKey, SigningKeys } from './signing-keys.ts';

export interface FarewellDeps {
  repository: Pick<ActorKeyRepository, 'find'>;
  news: Pick<ActorNewsRepository, 'findEnd'>;
  keys: SigningKeys;
  /** Autocommit statements. */
  execute: Execute;
  now: () => Date;
}

/** Far longer than deliveries are tried (some 39 h), so that an outage of weeks does not keep followers from hearing of an end. */
const farewellMs = 30 * 24 * 3600_000;

/**
 * The key by which others are told of an end after the actor's own: a disabled actor's at any time, as an operator may undo that; a deleted
 * one's for 30 days. Null when it is too late, or when the actor has no key: none is made for it.
 *
 * @throws AppError 503 `actor_key_unavailable`
 */
export async function farewellKey(deps: FarewellDeps, kind: KeyKind, actor: KnownActor): Promise<SigningKey | null> {
  const { actorId, username } = actor;
  if (actor.status === 'deleted' && (await isOver(deps, actorId))) return null;
  const present = primaryKey(await deps.repository.find(deps.execute, actorId), kind);
  return present === undefined ? null : await deps.keys.load({ actorId, username }, kind);
}

/** An end that auth's news has not told of yet was a moment ago. */
async function isOver({ news, execute, now }: FarewellDeps, actorId: string): Promise<boolean> {
  const endedAt = await news.findEnd(execute, actorId);
  return endedAt !== null && now().getTime() - endedAt.getTime() > farewellMs;
}
