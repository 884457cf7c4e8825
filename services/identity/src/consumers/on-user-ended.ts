import type { Envelope } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import { actorEnded, type FollowActorDeps } from '../actor-keys/follow-actor.ts';
import type { ActorDirectory } from '../actors/actor-directory.ts';

export interface UserEndedDeps extends FollowActorDeps {
  actors: ActorDirectory;
}

/**
 * `user-disabled`, `user-deleted`: noted. The replica that gets the event stops signing at once, the others within the
 * minute for which they believe auth's last answer.
 */
export function onUserEnded(deps: UserEndedDeps, status: 'disabled' | 'deleted') {
  return async (event: Envelope<{ actor_id: string }>, execute: Execute): Promise<void> => {
    const { actor_id: actorId } = event.data;
    await actorEnded(deps, execute, { actorId, status, version: event.subject_version });
    deps.actors.forget(actorId);
  };
}
