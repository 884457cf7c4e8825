import { AppError } from '@artdag/service-kit';
import type { Urls } from '../urls.ts';
import { keyInUse, type IdempotentRequest } from './idempotency.ts';
import type { NewAsset } from './new-asset.ts';
import {
  completeRegistration,
  composeClaim,
  type FreshValues,
  type Registrant,
  type Registration,
} from './registration.ts';
import type { RegistrationWriter } from './registration-writer.ts';
import { accountDisabled } from '../signing/account-disabled.ts';
import { signClaim, type SignClaimDeps } from './sign-claim.ts';

export interface RegisterAssetDeps extends SignClaimDeps {
  urls: Urls;
  writer: RegistrationWriter;
  fresh: () => FreshValues;
  /** Told once an asset is committed. */
  onRegistered: () => void;
}

/**
 * Registers a work: composes its claim, has it signed, stores both with everything that belongs to them. Gives the
 * answer's body (art-dag-l2.md §7.1).
 *
 * @throws AppError 503 `signing_unavailable`, 403 `account_disabled`, 409 `asset_exists`, `content_already_owned`, `idempotency_key_in_use`
 */
export async function registerAsset(
  deps: RegisterAssetDeps,
  registrant: Registrant,
  asset: NewAsset,
  idempotent?: IdempotentRequest,
): Promise<string> {
  const registration = await signedRegistration(deps, registrant, asset);
  const outcome = await deps.writer.write({ registration, idempotent });
  if (outcome === 'content-owned') {
    throw new AppError('content_already_owned', 409, 'Somebody else has claimed this content already.');
  }
  if (outcome === 'name-taken') {
    throw new AppError('asset_exists', 409, `An asset named ${asset.name} exists already; choose another name.`);
  }
  if (outcome === 'actor-ended') throw accountDisabled();
  if (outcome === 'key-used') throw keyInUse();
  deps.onRegistered();
  return registration.answer;
}

async function signedRegistration(
  deps: RegisterAssetDeps,
  registrant: Registrant,
  asset: NewAsset,
): Promise<Registration> {
  const fresh = deps.fresh();
  const { claim, signature } = await signClaim(deps, { actorId: registrant.actorId }, (key) =>
    composeClaim(deps.urls, key, asset, fresh),
  );
  return completeRegistration(deps.urls, { registrant, asset, fresh }, claim, signature);
}
