import { deleteActivityText } from '@artdag/claims';
import { unsignedClaim } from '../claim.ts';
import { keyInUse, type IdempotentRequest } from '../idempotency.ts';
import type { Registrant } from '../registration.ts';
import { signChange, type ChangeAssetDeps, type NewChange } from './change.ts';
import { findPresent, objectIdOf, refuseOthers, type HeldAsset } from './held-asset.ts';
import { refuseOtherVersion } from './precondition.ts';

export interface Deletion {
  name: string;
  /**
   * `owner`: they ask for it themselves. `operator`: it is done on the owner's behalf, signed by the owner's key all the same, also after their
   * account's end.
   */
  reason: 'owner' | 'operator';
  /** Who asks; the owner, if that is the reason. */
  by: Registrant;
  /** The version that the sender saw, if it said so. */
  ifMatch?: string | undefined;
  idempotent?: IdempotentRequest | undefined;
}

/** What was deleted, and by which claim. */
export interface Deleted {
  assetId: string;
  /** UUID of the Delete. */
  activityId: string;
  /** Of the asset: that of its last claim. */
  version: number;
}

/**
 * Deletes an asset by a signed Delete. Its name and its content's owner stay, and so do its claims.
 *
 * @throws AppError 404 `not_found`, 410 `gone`, 403 `not_owner`, `account_disabled`, 412 `version_mismatch`, 409 `edit_conflict`, `idempotency_key_in_use`, 503 `signing_unavailable`
 */
export async function deleteAsset(deps: ChangeAssetDeps, deletion: Deletion): Promise<Deleted> {
  return await deps.turns.take(deletion.name, () => tryDelete(deps, deletion));
}

async function tryDelete(deps: ChangeAssetDeps, deletion: Deletion): Promise<Deleted | undefined> {
  const { reason, by, idempotent } = deletion;
  const held = await findPresent(deps.changes, deletion.name);
  if (reason === 'owner') refuseOthers(held, by.actorId);
  refuseOtherVersion(deletion.ifMatch, held.version);
  const change = await signChange(deps, { ...deleteOf(deps, held, by), farewell: reason !== 'owner' });
  const kept = idempotent && { request: idempotent, status: 204, answer: '' };
  const outcome = await deps.changes.store({ change, kept });
  if (outcome === 'overtaken') return undefined;
  if (outcome === 'key-used') throw keyInUse();
  deps.onClaim('Delete');
  return { assetId: held.id, activityId: change.fresh.activityId, version: change.version };
}

function deleteOf({ urls }: ChangeAssetDeps, held: HeldAsset, by: Registrant): NewChange {
  const { view } = held;
  const { contentHash, assetType, visibility } = view;
  const objectId = objectIdOf(urls, held, held.last);
  const compose: NewChange['compose'] = (key, fresh) => {
    const { activityId, published } = fresh;
    const said = { publicUrl: urls.publicUrl, username: key.username, activityId, published };
    return unsignedClaim(deleteActivityText({ ...said, objectId, contentHash, assetType, visibility }), key, fresh);
  };
  return { type: 'Delete', held, after: view, by, compose };
}
