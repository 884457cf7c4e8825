import { commitment, composeLeaf, jcs, verifyProof } from '@artdag/claims';
import { no, open, yes, type Judgement, type Question } from './answer.ts';
import { readKeyDocument } from './key-document.ts';
import { attempt, isObject, member, type Json } from './read-json.ts';

const claimTypes = ['Create', 'Update', 'Delete'] as const;

const textOf = (value: unknown, name: string): string | undefined => {
  const text = isObject(value) ? member(value, name) : undefined;
  return typeof text === 'string' ? text : undefined;
};

/** What the activity says of the work's hash: 64 hex digits of SHA3-256. */
function claimedHash(activity: Json): string | undefined {
  const object = member(activity, 'object');
  const contentHash = isObject(object) ? member(object, 'contentHash') : undefined;
  const value = textOf(contentHash, 'value');
  const isSha3 = textOf(contentHash, 'algorithm') === 'sha3-256' && value !== undefined && /^[0-9a-f]{64}$/.test(value);
  return isSha3 ? value : undefined;
}

/** Whether the file's bytes are those that the activity speaks of. */
export function checkContent({ certificate, fileHash }: Question): Judgement {
  const claimed = claimedHash(certificate.activity);
  if (claimed === undefined) return no('The activity names no SHA3-256 of a work.');
  if (fileHash === undefined) return open(`No file was given; the claim is of the SHA3-256 ${claimed}.`);
  return fileHash === claimed
    ? yes(`The file is the one that was claimed: SHA3-256 ${claimed}.`)
    : no(`The file's SHA3-256 is ${fileHash}; the claim is of ${claimed}.`);
}

/** Whether the actor's key, as the certificate has it, signed the activity. */
export function checkSignature({ certificate: { activity, key } }: Question): Judgement {
  const document = readKeyDocument(key.document);
  const actor = textOf(activity, 'actor');
  if (document === undefined || document.end !== undefined) return no('The key document is none.');
  if (actor !== document.controller) return no(`The key is of ${document.controller}, not of the claim's actor.`);
  if (textOf(member(activity, 'proof'), 'verificationMethod') !== document.id) {
    return no(`The claim's proof is not by the key ${document.id}.`);
  }
  return verifyProof(activity, document.publicKey)
    ? yes(`Signed by ${document.id}.`)
    : no(`The signature is not one of ${document.id} over this activity.`);
}

/** Whether activity and salt are what the leaf commits to, and say the same. */
export function checkLeaf({ certificate: { activity, salt, leaf } }: Question): Judgement {
  const type = claimTypes.find((each) => each === member(activity, 'type'));
  const [actor, id, published] = ['actor', 'id', 'published'].map((name) => textOf(activity, name));
  const contentHash = claimedHash(activity);
  if (!type || actor === undefined || id === undefined || published === undefined || contentHash === undefined) {
    return no('The activity is no claim.');
  }
  const wanted = attempt(() =>
    composeLeaf({ type, actor, activity: id, contentHash, published, commitment: commitment(salt, jcs(activity)) }),
  );
  return wanted === leaf
    ? yes(`The log's entry is of this ${type}, published ${published}.`)
    : no("The log's entry is not of this activity with this salt.");
}
