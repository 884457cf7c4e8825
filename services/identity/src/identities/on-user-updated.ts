import { userUpdated } from '@artdag/events';
import { createConsumer, type Consumer } from '@artdag/messaging';
import type { Shared } from '../part.ts';
import { applyActor } from './follow-actor.ts';

/** `user-updated`: the name is copied from auth, which is asked before the transaction; what it says may be newer than the news. */
export function userUpdatedConsumer(
  deps: Pick<Shared, 'transport' | 'transaction' | 'logger' | 'auth' | 'now'>,
): Consumer {
  const { transport, transaction, logger, auth, now } = deps;
  return createConsumer({
    ...{ transport, transaction, logger, service: 'identity', event: userUpdated },
    prepare: (event) => auth.findActor(event.data.actor_id),
    handle: async (_event, execute, actor) => {
      if (actor !== null) await applyActor(execute, actor, now());
    },
  });
}
