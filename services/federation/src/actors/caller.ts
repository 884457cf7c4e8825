import { actorOf } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import type { Request } from 'express';
import { findActor, type ActorDeps } from './actor-with-keys.ts';
import type { LocalActor } from './local-actor.ts';

/** The caller as the fediverse knows it. Throws AppError 409 `actor_not_ready` while its registration has not been heard of. */
export async function callerOf(deps: Pick<ActorDeps, 'actors'>, req: Request): Promise<LocalActor> {
  const { actor, username } = actorOf(req);
  const known = username === null ? undefined : await findActor(deps, username);
  if (known !== undefined && known.actorId === actor.actor_id && known.deletedAt === null) return known;
  const message = 'The fediverse does not know your account yet. Try again in a moment.';
  throw new AppError('actor_not_ready', 409, message, { headers: { 'retry-after': '1' } });
}
