import type { RemoteActor } from '../remote-actors/remote-actor.ts';
import { ownerMismatch, verifySigner, type SignedRequest, type VerifyDeps } from '../signatures/verify-signer.ts';

/**
 * Verifies the HTTP signature of an activity's actor and answers with what we know of it. Nothing is fetched for a key on another origin than the
 * actor's: it cannot be the actor's.
 * Throws AppError 401 `signature_missing|signature_invalid|digest_mismatch|date_skew|key_unavailable|key_owner_mismatch`.
 */
export async function verifySender(deps: VerifyDeps, request: SignedRequest, actor: string): Promise<RemoteActor> {
  const { origin } = new URL(actor);
  const owner = await verifySigner(deps, request, (keyId) => URL.parse(keyId)?.origin === origin);
  if (owner.apId !== actor) throw ownerMismatch();
  return owner;
}
