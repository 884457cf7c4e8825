import type { Envelope, userRegistered } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { actorRegistered, makeFirstKeys, type FollowActorDeps } from '../actor-keys/follow-actor.ts';
import { applyUserRegistered } from '../identities/follow-actor.ts';

type UserRegistered = Envelope<z.output<typeof userRegistered.data>>;

export interface UserRegisteredDeps extends FollowActorDeps {
  now: () => Date;
}

/** `user-registered`: the actor gets its keys, in a transaction of their own, since an RSA pair takes long; and, if human, its identity. */
export function onUserRegistered(deps: UserRegisteredDeps) {
  return {
    prepare: async (event: UserRegistered): Promise<void> => {
      await makeFirstKeys(deps, ownerIn(event), event.subject_version);
    },
    handle: async (event: UserRegistered, execute: Execute): Promise<void> => {
      const { subject_version: version, occurred_at: at } = event;
      // News of a deletion was here first.
      if ((await actorRegistered(deps, execute, ownerIn(event), { version, at })) === 'deleted') return;
      const { actor_id: actorId, actor_type: actorType, username, display_name: displayName } = event.data;
      await applyUserRegistered(execute, { actorId, actorType, username, displayName }, { version, now: deps.now() });
    },
  };
}

function ownerIn({ data }: UserRegistered) {
  return { actorId: data.actor_id, username: data.username };
}
