import { updateActivityText } from '@artdag/claims';
import { assetText, type AssetView } from '../asset-text.ts';
import { unsignedClaim } from '../claim.ts';
import { keyInUse, type IdempotencyRepository, type IdempotentRequest } from '../idempotency.ts';
import type { Registrant } from '../registration.ts';
import { signChange, type ChangeAssetDeps, type NewChange } from './change.ts';
import { findPresent, objectIdOf, refuseOthers, type HeldAsset } from './held-asset.ts';
import { patched, type AssetPatch } from './patch-asset.ts';
import { refuseOtherVersion } from './precondition.ts';

export interface UpdateAssetDeps extends ChangeAssetDeps {
  idempotency: IdempotencyRepository;
}

export interface Update {
  name: string;
  patch: AssetPatch;
  by: Registrant;
  /** The version that the sender saw, if it said so. */
  ifMatch: string | undefined;
  idempotent: IdempotentRequest | undefined;
}

/** The answer's body and the asset's version. */
export interface Updated {
  answer: string;
  version: number;
}

/**
 * Changes what may be changed of an asset, by a signed Update. A patch that changes nothing makes no claim.
 *
 * @throws AppError 404 `not_found`, 410 `gone`, 403 `not_owner`, 412 `version_mismatch`, 409 `edit_conflict`, `idempotency_key_in_use`, 503 `signing_unavailable`
 */
export async function updateAsset(deps: UpdateAssetDeps, update: Update): Promise<Updated> {
  return await deps.turns.take(update.name, () => tryUpdate(deps, update));
}

async function tryUpdate(deps: UpdateAssetDeps, update: Update): Promise<Updated | undefined> {
  const { by, idempotent } = update;
  const held = await findPresent(deps.changes, update.name);
  refuseOthers(held, by.actorId);
  refuseOtherVersion(update.ifMatch, held.version);
  const after = patched(held.view, update.patch);
  if (after === null) return await unchanged(deps, held, idempotent);
  const change = await signChange(deps, updateOf(deps, held, after, by));
  const { shown, claim, version } = change;
  const answer = `${shown.head},"activity":${claim.document}${shown.tail}`;
  const kept = idempotent && { request: idempotent, status: 200, answer };
  const outcome = await deps.changes.store({ change, kept });
  if (outcome === 'overtaken') return undefined;
  if (outcome === 'key-used') throw keyInUse();
  deps.onClaim('Update');
  return { answer, version };
}

function updateOf({ urls }: UpdateAssetDeps, held: HeldAsset, after: AssetView, by: Registrant): NewChange {
  const objectId = objectIdOf(urls, held, held.speaks);
  const asset = {
    name: after.name,
    contentHash: after.contentHash,
    assetType: after.assetType,
    tags: JSON.parse(after.tagsJson) as string[],
    url: after.url,
    metadata: JSON.parse(after.metadataJson) as Record<string, unknown>,
    visibility: after.visibility,
  };
  const compose: NewChange['compose'] = (key, fresh) => {
    const { activityId, published } = fresh;
    const { publicUrl } = urls;
    const document = updateActivityText({ publicUrl, username: key.username, activityId, published, objectId, asset });
    return unsignedClaim(document, key, fresh);
  };
  return { type: 'Update', held, after, by, compose };
}

/** Answered, and kept for a repeated request, as a change is; only that there is no activity. */
async function unchanged(
  { urls, idempotency }: UpdateAssetDeps,
  held: HeldAsset,
  idempotent: IdempotentRequest | undefined,
): Promise<Updated> {
  const { head, tail } = assetText(urls, held.view);
  const answer = `${head},"activity":null${tail}`;
  if (idempotent && !(await idempotency.keep(idempotent, 200, answer))) throw keyInUse();
  return { answer, version: held.version };
}
