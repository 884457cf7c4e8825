import { randomBytes, randomUUID, sign, type KeyObject } from 'node:crypto';
import { attachProof, composeCreate, proofOptions, signingInput } from '@artdag/claims';
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
  type Envelope,
} from '@artdag/events';
import { newId } from '@artdag/service-kit';
import type { ActorKey } from '../actors/actor-keys.ts';

const common = () => ({ id: newId('evt'), occurred_at: new Date().toISOString() });

export function registeredEvent(
  actorId: string,
  username: string,
  version = 1,
  displayName: string | null = null,
): Envelope {
  const data = {
    actor_id: actorId,
    username,
    actor_type: 'human' as const,
    display_name: displayName,
    method: 'password',
  };
  return userRegistered.create({ ...common(), subject: actorId, subject_version: version, data });
}

export function updatedEvent(actorId: string, version: number): Envelope {
  return userUpdated.create({ ...common(), subject: actorId, subject_version: version, data: { actor_id: actorId } });
}

export function profileEvent(actorId: string, version: number): Envelope {
  const data = { actor_id: actorId };
  return profileUpdated.create({ ...common(), subject: `${actorId}#profile`, subject_version: version, data });
}

export function deletedEvent(actorId: string, version: number): Envelope {
  return userDeleted.create({ ...common(), subject: actorId, subject_version: version, data: { actor_id: actorId } });
}

export function keysEvent(actorId: string, username: string, keys: ActorKey[], version: number): Envelope {
  const data = { actor_id: actorId, username, keys: keys.map((key) => ({ ...key })) };
  return actorKeysChanged.create({ ...common(), subject: `${actorId}#keys`, subject_version: version, data });
}

export interface ClaimedAsset {
  subject: string;
  publicUrl: string;
  username: string;
  contentHash: string;
  ed25519: KeyObject;
  /** Of the key that signs; default: the actor's first. */
  keyId?: string;
}

export function newAsset(o: Omit<ClaimedAsset, 'subject' | 'contentHash'>): ClaimedAsset {
  return { ...o, subject: newId('ast'), contentHash: randomBytes(32).toString('hex') };
}

type Kind = 'registered' | 'updated' | 'deleted';
const definitions = { registered: assetRegistered, updated: assetUpdated, deleted: assetDeleted };
const types = { registered: 'Create', updated: 'Update', deleted: 'Delete' };

/** An asset event with a really signed activity. */
export function assetEvent(
  kind: Kind,
  asset: ClaimedAsset,
  version: number,
  published = new Date(),
): Envelope<{ activity: ReturnType<typeof assetRegistered.create>['data']['activity'] }> {
  const { subject, publicUrl, username, contentHash } = asset;
  const { keyId = `${publicUrl}/users/${username}#ed25519-key` } = asset;
  const activityId = randomUUID();
  const at = published.toISOString().replace(/\.\d+Z$/, 'Z');
  const claim = { name: `asset-${contentHash.slice(0, 8)}`, contentHash, assetType: 'video', tags: ['art'] };
  const create = composeCreate({ publicUrl, username, activityId, published: at, asset: claim });
  const document = { ...create, type: types[kind] };
  const options = proofOptions(document, keyId, at);
  const activity = attachProof(document, options, sign(null, signingInput(document, options), asset.ed25519));
  const data = {
    activity: activity as never,
    asset: {
      asset_id: subject,
      ...{ name: claim.name, content_hash: contentHash, asset_type: 'video', tags: ['art'], owner: username },
      ...{ owner_id: `${publicUrl}/users/${username}`, url: null, ipfs_cid: null, description: null, metadata: {} },
      ...{ origin: null, provenance: null, visibility: 'public' as const },
      object_id: `${publicUrl}/objects/${contentHash}`,
      activity_id: activityId,
      activity_url: `${publicUrl}/activities/${activityId}`,
      ...{ created_at: at, updated_at: at },
    },
  };
  return definitions[kind].create({ ...common(), subject, subject_version: version, data });
}

/** `asset-erased` of an asset whose events were these; the last of them is its Delete, if it has one. */
export function erasedEvent(asset: ClaimedAsset, events: readonly ReturnType<typeof assetEvent>[]): Envelope {
  const { subject, publicUrl, username, contentHash } = asset;
  const activities = events.map(({ data }) => data.activity);
  const deleted = `${new Date().toISOString().slice(0, 19)}Z`;
  const context = 'https://www.w3.org/ns/activitystreams';
  const tombstones = activities
    .filter(({ type }) => type !== 'Delete')
    .map(({ id, type, published }) => ({
      ...{ '@context': context, type: 'Tombstone' as const, id, formerType: `as:${type}` as const, published, deleted },
    }));
  const data = {
    object_id: `${publicUrl}/objects/${contentHash}`,
    owner_id: `${publicUrl}/users/${username}`,
    tombstones,
    activity: activities.find(({ type }) => type === 'Delete') ?? null,
  };
  return assetErased.create({ ...common(), subject, subject_version: events.length + 1, data });
}
