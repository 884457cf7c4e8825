import type { Envelope } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import { actorRegistered, type FollowActorDeps } from '../actor-keys/follow-actor.ts';

/** `user-registered`: the actor gets its keys. */
export function onUserRegistered(deps: FollowActorDeps) {
  return async (event: Envelope<{ actor_id: string; username: string }>, execute: Execute): Promise<void> => {
    const { actor_id: actorId, username } = event.data;
    await actorRegistered(deps, execute, { actorId, username }, event.subject_version);
  };
}
