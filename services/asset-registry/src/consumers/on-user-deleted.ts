import { userDeleted } from '@artdag/events';
import { createConsumer, type Consumer, type Execute, type Transport } from '@artdag/messaging';
import type { Logger } from '@artdag/service-kit';
import { endAccount } from '../erasure/end-account.ts';

export interface OnUserDeletedDeps {
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  transport: Transport;
  logger: Logger;
  now: () => Date;
}

/** `user-deleted` of auth: nothing is registered for the actor from then on, and what it has written is erased. */
export function onUserDeleted(deps: OnUserDeletedDeps): Consumer {
  const { transport, transaction, logger, now } = deps;
  return createConsumer({
    ...{ transport, transaction, logger, service: 'asset-registry', event: userDeleted },
    handle: async ({ data }, execute) => await endAccount(execute, data.actor_id, now()),
  });
}
