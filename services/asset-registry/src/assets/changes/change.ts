import type { SigningKey } from '../../signing/actor-keys.ts';
import type { Urls } from '../../urls.ts';
import { assetEventText } from '../asset-event-text.ts';
import { assetText, type AssetText, type AssetView } from '../asset-text.ts';
import { completeClaim, type FreshClaim, type SignedClaim, type UnsignedClaim } from '../claim.ts';
import type { IdempotentRequest } from '../idempotency.ts';
import type { Registrant } from '../registration.ts';
import { signClaim, type SignClaimDeps } from '../sign-claim.ts';
import type { HeldAsset, HeldAssetFinder } from './held-asset.ts';
import type { Turns } from './turns.ts';

/** What an Update or Delete makes of an asset, before it is signed. */
export interface NewChange {
  type: 'Update' | 'Delete';
  held: HeldAsset;
  /** As it is afterwards; of a deletion, as it was last. */
  after: AssetView;
  by: Registrant;
  /** Whether the owner's account may have ended already. */
  farewell?: boolean;
  compose: (key: SigningKey, fresh: FreshClaim) => UnsignedClaim;
}

/** Everything that one change stores and answers, in the form in which its statement takes it. */
export interface SignedChange {
  type: 'Update' | 'Delete';
  held: HeldAsset;
  after: AssetView;
  version: number;
  fresh: FreshClaim;
  claim: SignedClaim;
  /** JSON of the event's envelope. */
  eventPayload: string;
  shown: AssetText;
}

/** A change and, when its sender may repeat the request, the answer that is kept for it. */
export interface ChangeItem {
  change: SignedChange;
  kept?: { request: IdempotentRequest; status: number; answer: string } | undefined;
}

export type ChangeOutcome = 'stored' | 'overtaken' | 'key-used';

export interface ChangeStore {
  /**
   * Stores all of a change in one transaction, or nothing of it: `overtaken` when the asset, or what there is of its content besides,
   * has changed since it was looked at.
   */
  store(item: ChangeItem): Promise<ChangeOutcome>;
}

export interface ChangeAssetDeps extends SignClaimDeps {
  urls: Urls;
  fresh: () => FreshClaim;
  turns: Turns;
  changes: ChangeStore & HeldAssetFinder;
  /** Told once a claim is committed. */
  onClaim: (type: 'Update' | 'Delete') => void;
}

/** @throws AppError 503 `signing_unavailable`, 403 `account_disabled` */
export async function signChange(deps: ChangeAssetDeps, change: NewChange): Promise<SignedChange> {
  const { type, held, by } = change;
  const fresh = deps.fresh();
  const after = type === 'Update' ? { ...change.after, updatedAt: fresh.at } : change.after;
  const signatory = { actorId: held.ownerActorId, ...(change.farewell === true && { farewell: true }) };
  const { claim: unsigned, signature } = await signClaim(deps, signatory, (key) => change.compose(key, fresh));
  const claim = completeClaim(deps.urls, { type, contentHash: after.contentHash, fresh }, unsigned, signature);
  const version = held.version + 1;
  const shown = assetText(deps.urls, after);
  const eventType = type === 'Update' ? 'asset-updated' : 'asset-deleted';
  const event = { type: eventType, eventId: fresh.eventId, at: fresh.at, assetId: held.id, version, by } as const;
  const eventPayload = assetEventText(event, shown, claim.document);
  return { type, held, after, version, fresh, claim, eventPayload, shown };
}
