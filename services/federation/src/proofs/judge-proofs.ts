import { verifyProof } from '@artdag/claims';
import { AppError } from '@artdag/service-kit';
import { rawKey, type AssertionKey } from '../remote-actors/assertion-keys.ts';
import { isJsonObject } from '../remote-actors/remote-actor.ts';

/**
 * What an activity's own proofs (FEP-8b32) are worth.
 * - `valid`: one was made by a key of the sender, over this very document, and none is false.
 * - `unresolved`: by a key that the sender does not show.
 * - `unknown`: of a kind that we do not know.
 */
export type ProofVerdict = 'valid' | 'unresolved' | 'unknown';

type Json = Record<string, unknown>;

const MAX_PROOFS = 4;
/** 64 bytes. Far longer ones would keep the base58 decoder busy for minutes. */
const PROOF_VALUE = /^z[1-9A-HJ-NP-Za-km-z]{64,96}$/;

/**
 * Judges the proofs of an activity whose HTTP signature has been verified; undefined when it has none. None replaces that signature, and one that
 * cannot be judged is ignored (art-dag-l2.md §8.8). A Linked Data Signature is left aside unread.
 *
 * @param keys the sender's `assertionMethod`
 * @throws AppError 401 `proof_invalid` when one is false
 */
export function judgeProofs(document: Json, keys: readonly AssertionKey[]): ProofVerdict | undefined {
  const { proof } = document;
  if (proof === undefined || proof === null) return undefined;
  const verdicts = [proof]
    .flat()
    .slice(0, MAX_PROOFS)
    .map((each) => judge(document, each, keys));
  if (verdicts.includes('false')) {
    throw new AppError(
      'proof_invalid',
      401,
      "The activity's proof does not verify: leave it out, or sign what is sent.",
    );
  }
  return (['valid', 'unresolved'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'unknown';
}

function judge(document: Json, proof: unknown, keys: readonly AssertionKey[]): ProofVerdict | 'false' {
  if (!isJsonObject(proof) || proof['type'] !== 'DataIntegrityProof' || proof['cryptosuite'] !== 'eddsa-jcs-2022')
    return 'unknown';
  const key = keys.find(({ keyId }) => keyId === proof['verificationMethod']);
  const raw = key && rawKey(key.multibase);
  if (raw === undefined) return 'unresolved';
  const { proofValue } = proof;
  const isWellFormed = typeof proofValue === 'string' && PROOF_VALUE.test(proofValue);
  return isWellFormed && verifyProof({ ...document, proof }, raw) ? 'valid' : 'false';
}
