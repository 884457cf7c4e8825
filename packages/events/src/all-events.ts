import { anchorConfirmed, anchorCreated } from './anchor-events.ts';
import { l1RevocationFailed, rendererAttached, rendererDetached } from './bridge-events.ts';
import type { EventDefinition } from './define-event.ts';
import { assetDeleted, assetErased, assetRegistered, assetUpdated, runRecorded } from './asset-events.ts';
import {
  activityDelivered,
  activityPublished,
  followerAdded,
  followerRemoved,
  inboxActivityReceived,
} from './federation-events.ts';
import { agentCreated, agentRevoked, keyAdded, keyRevoked, profileUpdated } from './identity-events.ts';
import { actorKeysChanged } from './key-events.ts';
import {
  tokenRevoked,
  userDeleted,
  userDisabled,
  userLoggedIn,
  userLoggedOut,
  userRegistered,
  userUpdated,
} from './user-events.ts';

/** Every event of the suite; each has a golden `fixtures/<type>.v<version>.json`. */
export const allEvents: readonly EventDefinition[] = [
  userRegistered,
  userUpdated,
  userDisabled,
  userDeleted,
  userLoggedIn,
  userLoggedOut,
  tokenRevoked,
  actorKeysChanged,
  keyAdded,
  keyRevoked,
  agentCreated,
  agentRevoked,
  profileUpdated,
  assetRegistered,
  assetUpdated,
  assetDeleted,
  assetErased,
  runRecorded,
  anchorCreated,
  anchorConfirmed,
  activityPublished,
  activityDelivered,
  followerAdded,
  followerRemoved,
  inboxActivityReceived,
  rendererAttached,
  rendererDetached,
  l1RevocationFailed,
];
