import {
  commitment,
  composeLeaf,
  leafHash,
  proofOptionsText,
  proofText,
  signedText,
  signingInputOfText,
  type DocumentText,
} from '@artdag/claims';
import type { SigningKey } from '../signing/actor-keys.ts';
import type { Urls } from '../urls.ts';

/** What is fresh about one claim. */
export interface FreshClaim {
  activityId: string;
  eventId: string;
  /** 32 random bytes. */
  salt: Buffer;
  /** ISO-8601 UTC with milliseconds: when it is stored. */
  at: string;
  /** The same moment in whole seconds, as the claim says it: readers that parse and rewrite times drop trailing zeros of a fraction, which breaks proofs. */
  published: string;
}

/** A claim that waits for its signature. */
export interface UnsignedClaim {
  document: DocumentText;
  key: SigningKey;
  /** The 64 bytes to sign. */
  signingInput: Buffer;
}

export function unsignedClaim(document: DocumentText, key: SigningKey, fresh: FreshClaim): UnsignedClaim {
  const options = proofOptionsText(key.keyId, fresh.published);
  return { document, key, signingInput: signingInputOfText(document.head + document.tail, options) };
}

/** A claim as it is stored. */
export interface SignedClaim {
  username: string;
  apActorId: string;
  /** The signed activity, byte for byte as signed. */
  document: string;
  objectJson: string;
  proofJson: string;
  leaf: string;
  leafHash: Buffer;
}

export interface ClaimedWork {
  type: 'Create' | 'Update' | 'Delete';
  contentHash: string;
  fresh: FreshClaim;
}

/** Puts the proof into its place, and makes the leaf that commits to the whole. */
export function completeClaim(
  urls: Urls,
  { type, contentHash, fresh }: ClaimedWork,
  { document: unsigned, key }: UnsignedClaim,
  signature: Buffer,
): SignedClaim {
  const proofJson = proofText(key.keyId, fresh.published, signature);
  const document = signedText(unsigned, proofJson);
  const apActorId = urls.actor(key.username);
  const leaf = composeLeaf({
    type,
    actor: apActorId,
    activity: urls.activity(fresh.activityId),
    contentHash,
    published: fresh.published,
    commitment: commitment(fresh.salt, document),
  });
  return {
    username: key.username,
    apActorId,
    document,
    objectJson: unsigned.object,
    proofJson,
    leaf,
    leafHash: leafHash(leaf),
  };
}
