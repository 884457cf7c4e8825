import {
  actorKeysChanged,
  agentCreated,
  agentRevoked,
  assetDeleted,
  assetErased,
  assetRegistered,
  assetUpdated,
  keyAdded,
  keyRevoked,
  l1RevocationFailed,
  profileUpdated,
  rendererAttached,
  rendererDetached,
  runRecorded,
  tokenRevoked,
  userDeleted,
  userDisabled,
  userLoggedOut,
  userRegistered,
  userUpdated,
  type EventDefinition,
} from '@artdag/events';
import { queueName } from './transport.ts';

/** A queue that must be there before anything is published: `routingKey` is its binding. */
export interface QueueBinding {
  /** `<service>.<type>`. */
  queue: string;
  routingKey: string;
}

/** Turns "these services consume this event" into queues. */
export function defineTopology(consumers: readonly (readonly [EventDefinition, readonly string[]])[]): QueueBinding[] {
  return consumers.flatMap(([event, services]) =>
    services.map((service) => ({ queue: queueName({ service, type: event.type }), routingKey: event.routingKey })),
  );
}

/**
 * Who consumes what. Every connection declares all of these queues, the publishers' too, so an event published before its consumer's
 * first start waits for it. An event without a consumer is not here: its queue would only grow.
 */
export const knownConsumers: readonly QueueBinding[] = defineTopology([
  [userRegistered, ['identity', 'federation']],
  [userUpdated, ['identity', 'federation']],
  [userDisabled, ['identity']],
  [userDeleted, ['identity', 'federation', 'asset-registry']],
  [userLoggedOut, ['l1-bridge']],
  [tokenRevoked, ['l1-bridge']],
  [keyAdded, ['auth']],
  [keyRevoked, ['auth']],
  [profileUpdated, ['federation']],
  [agentCreated, ['auth']],
  [agentRevoked, ['auth']],
  [runRecorded, ['auth']],
  [rendererAttached, ['auth']],
  [rendererDetached, ['auth']],
  [l1RevocationFailed, ['auth']],
  [actorKeysChanged, ['federation', 'asset-registry']],
  [assetRegistered, ['federation']],
  [assetUpdated, ['federation']],
  [assetDeleted, ['federation']],
  [assetErased, ['federation']],
]);
