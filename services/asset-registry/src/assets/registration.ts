import {
  commitment,
  composeLeaf,
  createActivityText,
  jcs,
  leafHash,
  proofOptionsText,
  proofText,
  signedText,
  signingInputOfText,
  type DocumentText,
} from '@artdag/claims';
import type { SigningKey } from '../signing/actor-keys.ts';
import type { Urls } from '../urls.ts';
import { assetText, type AssetText } from './asset-text.ts';
import type { NewAsset } from './new-asset.ts';

/** Who registers, by which request. */
export interface Registrant {
  actorId: string;
  orgId: string | null;
  requestId: string;
}

/** What is fresh about one registration. */
export interface FreshValues {
  assetId: string;
  activityId: string;
  eventId: string;
  /** 32 random bytes. */
  salt: Buffer;
  /** ISO-8601 UTC with milliseconds: when it is stored. */
  at: string;
  /** The same moment in whole seconds, as the claim says it: readers that parse and rewrite times drop trailing zeros of a fraction, which breaks proofs. */
  published: string;
}

/** A claim that waits for its signature. */
export interface UnsignedClaim {
  document: DocumentText;
  key: SigningKey;
  /** The 64 bytes to sign. */
  signingInput: Buffer;
}

export function composeClaim(urls: Urls, key: SigningKey, asset: NewAsset, fresh: FreshValues): UnsignedClaim {
  const document = createActivityText({
    publicUrl: urls.publicUrl,
    username: key.username,
    activityId: fresh.activityId,
    published: fresh.published,
    asset: {
      name: asset.name,
      contentHash: asset.content_hash,
      assetType: asset.asset_type,
      tags: asset.tags,
      url: asset.url,
      metadata: asset.metadata,
      visibility: asset.visibility,
    },
  });
  const options = proofOptionsText(key.keyId, fresh.published);
  return { document, key, signingInput: signingInputOfText(document.head + document.tail, options) };
}

/** Everything that one registration stores and answers, in the form in which its statement takes it. */
export interface Registration {
  registrant: Registrant;
  asset: NewAsset;
  fresh: FreshValues;
  ownerUsername: string;
  apActorId: string;
  metadataJson: string;
  originJson: string;
  /** The signed activity, byte for byte as signed. */
  document: string;
  objectJson: string;
  proofJson: string;
  leaf: string;
  leafHash: Buffer;
  /** JSON of the `asset-registered` envelope. */
  eventPayload: string;
  /** The answer's body. */
  answer: string;
}

/** What is known of a registration before it is signed. */
export type Subject = Pick<Registration, 'registrant' | 'asset' | 'fresh'>;

export function completeRegistration(
  urls: Urls,
  subject: Subject,
  claim: UnsignedClaim,
  signature: Buffer,
): Registration {
  const { asset, fresh } = subject;
  const { username, keyId } = claim.key;
  const proofJson = proofText(keyId, fresh.published, signature);
  const document = signedText(claim.document, proofJson);
  const apActorId = urls.actor(username);
  const leaf = composeLeaf({
    type: 'Create',
    actor: apActorId,
    activity: urls.activity(fresh.activityId),
    contentHash: asset.content_hash,
    published: fresh.published,
    commitment: commitment(fresh.salt, document),
  });
  const metadataJson = jcs(asset.metadata);
  const originJson = JSON.stringify(asset.origin);
  const shown = shownText(urls, subject, username, { metadataJson, originJson });
  return {
    ...subject,
    ownerUsername: username,
    apActorId,
    metadataJson,
    originJson,
    document,
    objectJson: claim.document.object,
    proofJson,
    leaf,
    leafHash: leafHash(leaf),
    eventPayload: eventText(subject, shown, document),
    answer: `${shown.head},"activity":${document}${shown.tail}`,
  };
}

function shownText(
  urls: Urls,
  { asset, fresh }: Subject,
  username: string,
  json: { metadataJson: string; originJson: string },
): AssetText {
  return assetText(urls, {
    ...json,
    name: asset.name,
    contentHash: asset.content_hash,
    assetType: asset.asset_type,
    tagsJson: JSON.stringify(asset.tags),
    ownerUsername: username,
    url: asset.url,
    ipfsCid: asset.ipfs_cid,
    description: asset.description,
    provenanceJson: null,
    visibility: asset.visibility,
    activityId: fresh.activityId,
    createdAt: fresh.at,
    updatedAt: fresh.at,
  });
}

/** The envelope of `asset-registered`, spliced from texts that are there already; a test holds it against the contract. */
function eventText({ registrant, fresh }: Subject, shown: AssetText, document: string): string {
  const q = JSON.stringify;
  return (
    `{"id":${q(fresh.eventId)},"type":"asset-registered","version":1,"occurred_at":${q(fresh.at)}` +
    `,"producer":"asset-registry","subject":${q(fresh.assetId)},"subject_version":1,"actor_id":${q(registrant.actorId)}` +
    `,"org_id":${q(registrant.orgId)},"correlation_id":${q(registrant.requestId)}` +
    `,"data":{"asset":{"asset_id":${q(fresh.assetId)},${shown.head.slice(1)}${shown.tail},"activity":${document}}}`
  );
}
