import { createActivityText, jcs } from '@artdag/claims';
import type { SigningKey } from '../signing/actor-keys.ts';
import type { Urls } from '../urls.ts';
import { assetEventText } from './asset-event-text.ts';
import { assetText, type AssetText } from './asset-text.ts';
import { completeClaim, unsignedClaim, type FreshClaim, type SignedClaim, type UnsignedClaim } from './claim.ts';
import type { MadeByRun, RecordedRun } from './made-by-run.ts';
import type { NewAsset } from './new-asset.ts';
import { runRecordedRow } from './run-recorded-row.ts';

/** Who asks, by which request. */
export interface Registrant {
  actorId: string;
  orgId: string | null;
  requestId: string;
}

/** What is fresh about one registration. */
export interface FreshValues extends FreshClaim {
  assetId: string;
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
  return unsignedClaim(document, key, fresh);
}

/** Everything that one registration stores and answers, in the form in which its statement takes it. */
export interface Registration {
  registrant: Registrant;
  asset: NewAsset;
  fresh: FreshValues;
  /** Of an asset that a run has made. */
  run: RecordedRun | undefined;
  claim: SignedClaim;
  metadataJson: string;
  originJson: string;
  provenanceJson: string | null;
  /** JSON of the `asset-registered` envelope. */
  eventPayload: string;
  /** The asset as it is shown. */
  shown: AssetText;
}

/** What is known of a registration before it is signed. */
export interface Subject extends Pick<Registration, 'registrant' | 'asset' | 'fresh'> {
  made?: MadeByRun | undefined;
}

export function completeRegistration(
  urls: Urls,
  subject: Subject,
  unsigned: UnsignedClaim,
  signature: Buffer,
): Registration {
  const { asset, fresh, registrant, made } = subject;
  const claim = completeClaim(urls, { type: 'Create', contentHash: asset.content_hash, fresh }, unsigned, signature);
  const metadataJson = jcs(asset.metadata);
  const originJson = JSON.stringify(asset.origin);
  const provenanceJson = made?.provenanceOf(claim.username) ?? null;
  const shown = shownText(urls, subject, claim.username, { metadataJson, originJson, provenanceJson });
  const { eventId, at, assetId } = fresh;
  const event = { type: 'asset-registered', eventId, at, assetId, version: 1, by: registrant } as const;
  return {
    ...{ registrant, asset, fresh },
    run: made && { ...made, event: runRecordedRow(urls, { ...subject, made, username: claim.username }) },
    claim,
    metadataJson,
    originJson,
    provenanceJson,
    eventPayload: assetEventText(event, shown, claim.document),
    shown,
  };
}

/** The body of the answer to one registration. */
export function registrationAnswer({ shown, claim }: Registration): string {
  return `${shown.head},"activity":${claim.document}${shown.tail}`;
}

function shownText(
  urls: Urls,
  { asset, fresh }: Subject,
  username: string,
  json: { metadataJson: string; originJson: string; provenanceJson: string | null },
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
    visibility: asset.visibility,
    activityId: fresh.activityId,
    createdAt: fresh.at,
    updatedAt: fresh.at,
  });
}
