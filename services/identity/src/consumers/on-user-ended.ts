import type { Envelope } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import { actorEnded, type FollowActorDeps } from '../actor-keys/follow-actor.ts';
import type { ActorDirectory } from '../actors/actor-directory.ts';
import { applyUserDeleted } from '../identities/follow-actor.ts';

export interface UserEndedDeps extends FollowActorDeps {
  actors: ActorDirectory;
  now: () => Date;
}

/**
 * `user-disabled`, `user-deleted`: noted; what is deleted takes its identity, public keys and agents with it. The replica that gets the event stops signing at once, the others within the
 * minute for which they believe auth's last answer.
 */
export function onUserEnded(deps: UserEndedDeps, status: 'disabled' | 'deleted') {
  return async (event: Envelope<{ actor_id: string }>, execute: Execute): Promise<void> => {
    const { actor_id: actorId } = event.data;
    const { subject_version: version, occurred_at: at } = event;
    await actorEnded(deps, execute, { actorId, status, version, at });
    const told = { actorId, reason: 'account_deleted', now: deps.now(), correlationId: event.correlation_id };
    if (status === 'deleted') await applyUserDeleted(execute, told);
    deps.actors.forget(actorId);
  };
}
