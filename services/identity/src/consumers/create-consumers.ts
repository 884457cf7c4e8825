import { userDeleted, userDisabled, userRegistered } from '@artdag/events';
import { createConsumer, type Consumer, type Execute, type Transport } from '@artdag/messaging';
import type { Logger } from '@artdag/service-kit';
import { onUserEnded, type UserEndedDeps } from './on-user-ended.ts';
import { onUserRegistered } from './on-user-registered.ts';

export interface ConsumersDeps extends UserEndedDeps {
  transport: Transport;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  logger: Logger;
}

/** Two RSA pairs at once: making them takes threads that signing needs too. */
const keyMakingConcurrency = 2;

/** Every event that identity consumes. */
export function createConsumers(deps: ConsumersDeps): Consumer[] {
  const { transport, transaction, logger } = deps;
  const common = { transport, service: 'identity', transaction, logger };
  return [
    createConsumer({ ...common, event: userRegistered, ...onUserRegistered(deps), concurrency: keyMakingConcurrency }),
    createConsumer({ ...common, event: userDisabled, handle: onUserEnded(deps, 'disabled') }),
    createConsumer({ ...common, event: userDeleted, handle: onUserEnded(deps, 'deleted') }),
  ];
}
