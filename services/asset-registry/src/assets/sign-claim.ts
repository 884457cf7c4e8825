import type { ActorKeys, SigningKey } from '../signing/actor-keys.ts';
import { KeyChanged, type ClaimSigner } from '../signing/claim-signer.ts';
import { signingUnavailable } from '../signing/signing-unavailable.ts';
import type { UnsignedClaim } from './claim.ts';

export interface SignClaimDeps {
  keys: ActorKeys;
  signer: ClaimSigner;
}

/** Whose key signs. */
export interface Signatory {
  actorId: string;
  /** Whether the claim tells others of an end, and so is to be signed after the actor's own, too. */
  farewell?: boolean;
}

/** A key that changes this often between look-up and signature is a fault, not a rotation. */
const maxCompositions = 3;

/**
 * Has a claim signed. It names the key that signs it, so it is composed anew when identity says that another one would.
 *
 * @throws AppError 503 `signing_unavailable`, 403 `account_disabled`
 */
export async function signClaim(
  { keys, signer }: SignClaimDeps,
  signatory: Signatory,
  compose: (key: SigningKey) => UnsignedClaim,
): Promise<{ claim: UnsignedClaim; signature: Buffer }> {
  const { actorId } = signatory;
  for (let composition = 1; ; composition += 1) {
    const key = await keys.get(actorId);
    const claim = compose(key);
    try {
      const signature = await signer.sign({ ...signatory, keyId: key.keyId, data: claim.signingInput });
      return { claim, signature };
    } catch (error) {
      if (!(error instanceof KeyChanged)) throw error;
      if (composition === maxCompositions) throw signingUnavailable(error);
      keys.forget(actorId, key);
    }
  }
}
