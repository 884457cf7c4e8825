import { commitment, composeLeaf, contentHash, leafHash } from '@artdag/claims';
import {
  openCheckpoint,
  parseCheckpointText,
  parseTlogProof,
  parseVkey,
  verifyInclusion,
  type Checkpoint,
  type TlogProof,
} from '@artdag/transparency-log';
import { no, open, yes, type Judgement, type Question } from './answer.ts';
import type { Certificate, LoggedKey } from './certificate.ts';
import { readKeyDocument, spkiOf, type KeyDocument } from './key-document.ts';
import { attempt, isObject, member } from './read-json.ts';

const noSalt = Buffer.alloc(0);

/** The proof as it stands in the certificate; undefined when it is none. */
export function proofOf(certificate: Certificate): TlogProof | undefined {
  return attempt(() => parseTlogProof(certificate.tlogProof));
}

/** What the checkpoint says, signed or not. */
export function bodyOf(proof: TlogProof | undefined): Checkpoint | undefined {
  // Its three lines alone, whatever stands below them.
  const text = /^(?:[^\n]*\n){3}(?=\n)/.exec(proof?.checkpoint ?? '')?.[0];
  return text === undefined ? undefined : attempt(() => parseCheckpointText(text));
}

/** Whether the leaf stands in the tree of the checkpoint. */
export function checkInclusion({ certificate }: Question): Judgement {
  const proof = proofOf(certificate);
  const tree = bodyOf(proof);
  if (proof === undefined || tree === undefined) return no('The proof of inclusion cannot be read.');
  return isIncluded(tree, certificate.leaf, proof.index, proof.hashes)
    ? yes(`The entry stands at index ${proof.index} of the log's first ${tree.size}.`)
    : no('The proof does not lead from the entry to the root of the checkpoint.');
}

function isIncluded(tree: Checkpoint, leaf: string, index: number, proof: readonly Uint8Array[]): boolean {
  return verifyInclusion({ leafHash: leafHash(leaf), index, treeSize: tree.size, proof, root: tree.root });
}

/** Whether the log signed the checkpoint, by a key that the verifier trusts. */
export function checkLogSignature({ certificate, trustedKeys }: Question): Judgement {
  const note = proofOf(certificate)?.checkpoint ?? '';
  if (trustedKeys.length > 0) {
    const checkpoint = attempt(() => openCheckpoint(note, trustedKeys));
    return checkpoint === undefined
      ? no('The checkpoint is not signed by a log key that you trust.')
      : yes(`The checkpoint is signed by the log ${checkpoint.origin}, by a key that you trust.`);
  }
  const own = attempt(() => openCheckpoint(note, [parseVkey(certificate.logKey)]));
  return own === undefined
    ? no('The checkpoint is not signed by the log key that the certificate names.')
    : open(
        `The checkpoint is signed by a key that the certificate itself names as that of ${own.origin}; give the key that you trust.`,
      );
}

/** Whether the log introduced the key that signed, and what became of it since. */
export function checkKey({ certificate }: Question): Judgement {
  const tree = bodyOf(proofOf(certificate));
  const key = readKeyDocument(certificate.key.document);
  if (tree === undefined) return no('There is no checkpoint to look the key up in.');
  if (key === undefined || key.end !== undefined || !isLogged(tree, certificate.key, key)) {
    return no('The log has no entry that introduces this key.');
  }
  const introduced = `${key.id} is in the log, at index ${certificate.key.index}`;
  if (certificate.keyEnd === null) return yes(`The key ${introduced}; no end of it is known to the certificate.`);
  const ended = readKeyDocument(certificate.keyEnd.document);
  if (ended?.end === undefined || ended.id !== key.id || !isLogged(tree, certificate.keyEnd, ended)) {
    return no("The log has no such entry of the key's end.");
  }
  return judgeEnd(introduced, ended.end, member(certificate.activity, 'published'));
}

function judgeEnd(introduced: string, end: NonNullable<KeyDocument['end']>, published: unknown): Judgement {
  if (end.kind === 'revoked') return no(`The key ${introduced}, and was revoked ${end.at}: nothing it signed counts.`);
  const [made, over] = [Date.parse(String(published)), Date.parse(end.at)];
  return made <= over
    ? yes(`The key ${introduced}; it was retired ${end.at}, after the claim.`)
    : no(`The key ${introduced}; it was retired ${end.at}, before the claim.`);
}

function isLogged(tree: Checkpoint, logged: LoggedKey, key: KeyDocument): boolean {
  const leaf: unknown = attempt(() => JSON.parse(logged.leaf) as unknown);
  const published = isObject(leaf) ? member(leaf, 'published') : undefined;
  if (typeof published !== 'string' || (key.end !== undefined && key.end.at !== published)) return false;
  const wanted = attempt(() =>
    composeLeaf({
      type: 'Key',
      actor: key.controller,
      activity: key.id,
      contentHash: contentHash(spkiOf(key.publicKey)),
      published,
      commitment: commitment(noSalt, logged.document),
    }),
  );
  return wanted === logged.leaf && isIncluded(tree, logged.leaf, logged.index, logged.hashes);
}
