import { generateKeyPairSync } from 'node:crypto';
import { legacyText, signedText, verifySignature, type SignedRequest } from '@artdag/msign';
import type { KeyList, PublicKey } from './key-list.ts';
import type { Turns } from './turns.ts';

/** What the gateway says of a signed request. */
export interface RequestToVerify extends SignedRequest {
  /** In lower case. */
  handle: string;
  /** The fingerprint of the key, with its prefix. */
  kid: string | undefined;
  /** Whether the header has `alg`. */
  namesAlgorithm: boolean;
  signature: Buffer;
}

export interface Proof {
  key: PublicKey;
  /** The text that was signed. */
  text: string;
}

/** Nobody has its private half, and what it says is not asked: it only takes as long as a key does. */
const dummyKey = generateKeyPairSync('ed25519').publicKey;

/**
 * Finds which of the handle's keys has signed the request, live or not. Somebody without a key learns nothing from the time it takes: an
 * unknown handle, a key that is not the handle's and a wrong signature each cost a verification.
 */
export async function proveKey(
  deps: { turns: Turns; acceptLegacy: boolean },
  list: KeyList | null,
  request: RequestToVerify,
): Promise<Proof | undefined> {
  const keys = candidates(list, request.kid);
  const proof = await signerOf(deps.turns, keys, signedText(request), request.signature);
  // A header that names its algorithm is of the present form, whatever it signs.
  if (proof !== undefined || request.namesAlgorithm || !deps.acceptLegacy) return proof;
  return await signerOf(deps.turns, keys, legacyText(request), request.signature);
}

function candidates(list: KeyList | null, kid: string | undefined): readonly PublicKey[] {
  const keys = list?.keys ?? [];
  return kid === undefined ? keys : keys.filter(({ fingerprint }) => fingerprint === kid);
}

async function signerOf(
  turns: Turns,
  keys: readonly PublicKey[],
  text: string,
  signature: Buffer,
): Promise<Proof | undefined> {
  const bytes = Buffer.from(text);
  for (const key of keys) {
    const pause = turns.take();
    if (pause !== undefined) await pause;
    if (verifySignature(key.publicKey, bytes, signature)) return { key, text };
  }
  if (keys.length === 0) {
    await turns.take();
    verifySignature(dummyKey, bytes, signature);
  }
  return undefined;
}
