import { AppError } from '@artdag/service-kit';
import { accountDisabled } from '../signing/account-disabled.ts';
import type { Urls } from '../urls.ts';
import { keyInUse, type IdempotentRequest } from './idempotency.ts';
import type { MadeByRun } from './made-by-run.ts';
import type { NewAsset } from './new-asset.ts';
import {
  completeRegistration,
  composeClaim,
  registrationAnswer,
  type FreshValues,
  type Registrant,
  type Registration,
} from './registration.ts';
import type { InsertOutcome, RegistrationWriter } from './registration-writer.ts';
import { signClaim, type SignClaimDeps } from './sign-claim.ts';

export interface SignRegistrationDeps extends SignClaimDeps {
  urls: Urls;
  fresh: () => FreshValues;
}

export interface RegisterAssetDeps extends SignRegistrationDeps {
  writer: RegistrationWriter;
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
  const registration = await signRegistration(deps, registrant, asset);
  const outcome = await deps.writer.write({ registration, idempotent });
  if (outcome !== 'stored') throw notStored(outcome, asset);
  deps.onRegistered();
  return registrationAnswer(registration);
}

/** Why something was not stored: 409, or 403 `account_disabled`. */
export function notStored(outcome: Exclude<InsertOutcome, 'stored'>, { name }: NewAsset): AppError {
  if (outcome === 'key-used') return keyInUse();
  if (outcome === 'actor-ended') return accountDisabled();
  if (outcome === 'name-taken')
    return new AppError('asset_exists', 409, `An asset named ${name} exists already; choose another name.`);
  return new AppError('content_already_owned', 409, 'Somebody else has claimed this content already.');
}

/** @throws AppError 503 `signing_unavailable`, 403 `account_disabled` */
export async function signRegistration(
  deps: SignRegistrationDeps,
  registrant: Registrant,
  asset: NewAsset,
  made?: MadeByRun,
): Promise<Registration> {
  const fresh = deps.fresh();
  const { claim, signature } = await signClaim(deps, { actorId: registrant.actorId }, (key) =>
    composeClaim(deps.urls, key, asset, fresh),
  );
  return completeRegistration(deps.urls, { registrant, asset, fresh, made }, claim, signature);
}
