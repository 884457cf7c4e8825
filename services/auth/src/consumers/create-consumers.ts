import {
  agentCreated,
  agentRevoked,
  keyAdded,
  keyRevoked,
  l1RevocationFailed,
  rendererAttached,
  rendererDetached,
  runRecorded,
} from '@artdag/events';
import { createConsumer, type Consumer, type Transport } from '@artdag/messaging';
import type { Logger } from '@artdag/service-kit';
import type { InTransaction } from '../transaction.ts';
import { createAfterCommit } from './after-commit.ts';
import { onAgentCreated } from './on-agent-created.ts';
import { onAgentRevoked, type AgentRevokedDeps } from './on-agent-revoked.ts';
import { onKeyAdded } from './on-key-added.ts';
import { onKeyRevoked, type KeyRevokedDeps } from './on-key-revoked.ts';
import { onL1RevocationFailed, onRendererAttached, onRendererDetached, onRunRecorded } from './on-l1-event.ts';

export interface ConsumersDeps extends Omit<AgentRevokedDeps & KeyRevokedDeps, 'after'> {
  transport: Transport;
  inTransaction: InTransaction;
  logger: Logger;
}

/** What auth listens to, one line per event. */
export function createConsumers(o: ConsumersDeps): Consumer[] {
  const { transport, logger } = o;
  const { transaction, after } = createAfterCommit(o.inTransaction);
  const of = { transport, transaction, logger, service: 'auth' };
  const deps = { ...o, after };
  return [
    createConsumer({ ...of, event: keyAdded, handle: onKeyAdded }),
    createConsumer({ ...of, event: keyRevoked, handle: onKeyRevoked(deps) }),
    createConsumer({ ...of, event: agentCreated, handle: onAgentCreated }),
    createConsumer({ ...of, event: agentRevoked, handle: onAgentRevoked(deps) }),
    createConsumer({ ...of, event: runRecorded, handle: onRunRecorded }),
    createConsumer({ ...of, event: rendererAttached, handle: onRendererAttached }),
    createConsumer({ ...of, event: rendererDetached, handle: onRendererDetached }),
    createConsumer({ ...of, event: l1RevocationFailed, handle: onL1RevocationFailed }),
  ];
}
