import { tokenRevoked, userLoggedOut } from '@artdag/events';
import { createConsumer, type Consumer, type Execute, type Transport } from '@artdag/messaging';
import type { Logger } from '@artdag/service-kit';
import { onTokenRevoked } from './on-token-revoked.ts';
import { onUserLoggedOut, type ConsumerDeps } from './on-user-logged-out.ts';

export interface ConsumersDeps extends ConsumerDeps {
  transport: Transport;
  /** Sees the attachments of all users. */
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  logger: Logger;
}

/** What l1-bridge listens to, one line per event. */
export function createConsumers(deps: ConsumersDeps): Consumer[] {
  const { transport, transaction, logger } = deps;
  const of = { transport, transaction, logger, service: 'l1-bridge' };
  return [
    createConsumer({ ...of, event: userLoggedOut, handle: onUserLoggedOut(deps) }),
    createConsumer({ ...of, event: tokenRevoked, handle: onTokenRevoked(deps) }),
  ];
}
