import { AppError } from '@artdag/service-kit';
import type { ActorKeys } from '../signing/actor-keys.ts';
import { KeyChanged, type ClaimSigner } from '../signing/claim-signer.ts';
import { signingUnavailable } from '../signing/signing-unavailable.ts';
import type { Urls } from '../urls.ts';
import type { IdempotentRequest } from './idempotency.ts';
import type { NewAsset } from './new-asset.ts';
import {
  completeRegistration,
  composeClaim,
  type FreshValues,
  type Registrant,
  type Registration,
} from './registration.ts';
import type { RegistrationWriter } from './registration-writer.ts';

export interface RegisterAssetDeps {
  urls: Urls;
  keys: ActorKeys;
  signer: ClaimSigner;
  writer: RegistrationWriter;
  fresh: () => FreshValues;
  /** Told once an asset is committed. */
  onRegistered: () => void;
}

/** A key that changes this often between look-up and signature is a fault, not a rotation. */
const maxCompositions = 3;

/**
 * Registers a work: composes its claim, has it signed, stores both with everything that belongs to them. Gives the
 * answer's body (art-dag-l2.md §7.1).
 *
 * @throws AppError 503 `signing_unavailable`, 409 `asset_exists`, `content_already_owned`, `idempotency_key_in_use`
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
  if (outcome === 'key-used') {
    throw new AppError('idempotency_key_in_use', 409, 'A request with this Idempotency-Key is in progress; try again.');
  }
  deps.onRegistered();
  return registration.answer;
}

/** The claim names the key that signs it, so it is composed anew when identity says that another one would. */
async function signedRegistration(
  deps: RegisterAssetDeps,
  registrant: Registrant,
  asset: NewAsset,
): Promise<Registration> {
  const fresh = deps.fresh();
  for (let composition = 1; ; composition += 1) {
    const key = await deps.keys.get(registrant.actorId);
    const claim = composeClaim(deps.urls, key, asset, fresh);
    try {
      const signature = await deps.signer.sign({
        actorId: registrant.actorId,
        keyId: key.keyId,
        data: claim.signingInput,
      });
      return completeRegistration(deps.urls, { registrant, asset, fresh }, claim, signature);
    } catch (error) {
      if (!(error instanceof KeyChanged)) throw error;
      if (composition === maxCompositions) throw signingUnavailable(error);
      deps.keys.forget(registrant.actorId, key);
    }
  }
}
