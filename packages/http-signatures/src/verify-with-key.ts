import { SignatureError } from './signature-error.ts';
import type { Candidate, KeySource, PublicKeyOfOwner, VerifiedRequest } from './types.ts';

/** Asks for the key, and once more for a fresh one when the first does not verify: the owner may have rotated it. */
export async function verifyWithKey(candidate: Candidate, key: KeySource): Promise<VerifiedRequest> {
  const { keyId } = candidate;
  const known = await getKey(key, keyId, false);
  if (accepts(candidate, known.publicKeyPem)) return { keyId, owner: known.owner };
  const fresh = await getKey(key, keyId, true);
  // Throws with the reason when the fresh key, too, is unusable.
  const verified = fresh.publicKeyPem !== known.publicKeyPem && candidate.verifies(fresh.publicKeyPem);
  if (!verified)
    throw new SignatureError('signature_invalid', 'The signature does not verify with the key of its keyId.');
  return { keyId, owner: fresh.owner };
}

function accepts(candidate: Candidate, publicKeyPem: string): boolean {
  try {
    return candidate.verifies(publicKeyPem);
  } catch (error) {
    if (error instanceof SignatureError) return false;
    throw error;
  }
}

async function getKey(key: KeySource, keyId: string, fresh: boolean): Promise<PublicKeyOfOwner> {
  try {
    return await key(keyId, { fresh });
  } catch (cause) {
    if (cause instanceof SignatureError) throw cause;
    throw new SignatureError('key_unavailable', 'The key of the keyId could not be had.', { cause });
  }
}
