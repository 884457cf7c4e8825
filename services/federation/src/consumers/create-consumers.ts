import {
  actorKeysChanged,
  assetDeleted,
  assetErased,
  assetRegistered,
  assetUpdated,
  profileUpdated,
  userDeleted,
  userRegistered,
  userUpdated,
} from '@artdag/events';
import { createConsumer, type Consumer, type Execute, type Transport } from '@artdag/messaging';
import type { Logger } from '@artdag/service-kit';
import { onActorKeysChanged } from './on-actor-keys-changed.ts';
import type { EraseDeps } from '../publications/erase-claims.ts';
import { onAssetErased } from './on-asset-erased.ts';
import { onAssetEvent } from './on-asset-event.ts';
import { onProfileUpdated, type OnProfileUpdatedDeps } from './on-profile-updated.ts';
import { onUserDeleted } from './on-user-deleted.ts';
import { onUserRegistered } from './on-user-registered.ts';
import { onUserUpdated, type OnUserUpdatedDeps } from './on-user-updated.ts';

export interface ConsumersDeps extends EraseDeps, OnUserUpdatedDeps, OnProfileUpdatedDeps {
  transport: Transport;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  logger: Logger;
}

/** What federation listens to, one line per event. */
export function createConsumers(deps: ConsumersDeps): Consumer[] {
  const { transport, transaction, logger, urls } = deps;
  const of = { transport, transaction, logger, service: 'federation' };
  const onAsset = onAssetEvent(urls);
  return [
    createConsumer({ ...of, event: userRegistered, handle: onUserRegistered(urls) }),
    createConsumer({ ...of, event: userUpdated, ...onUserUpdated(deps) }),
    createConsumer({ ...of, event: profileUpdated, ...onProfileUpdated(deps) }),
    createConsumer({ ...of, event: userDeleted, handle: onUserDeleted(deps) }),
    createConsumer({ ...of, event: actorKeysChanged, handle: onActorKeysChanged(deps) }),
    createConsumer({ ...of, event: assetRegistered, handle: onAsset }),
    createConsumer({ ...of, event: assetUpdated, handle: onAsset }),
    createConsumer({ ...of, event: assetDeleted, handle: onAsset }),
    createConsumer({ ...of, event: assetErased, handle: onAssetErased(deps) }),
  ];
}
