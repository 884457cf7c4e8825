import { NotCanonical, signDocument } from '@artdag/ld-signatures';
import { signingKey, type ActorKey } from '../actors/actor-keys.ts';
import { SigningRefused, type Sign } from '../deliveries/batch-signer.ts';
import { keysFor, learnKeys, type SenderKeysDeps } from '../deliveries/sender-keys.ts';
import type { Unsigned } from './signing-queue.repository.ts';

export interface SignPublicationDeps extends SenderKeysDeps {
  sign: Sign;
}

type Json = Record<string, unknown>;

/** A key that changes this often between look-up and signature is a fault, not a rotation. */
const MAX_COMPOSITIONS = 3;

/**
 * The text of a publication with its Linked Data Signature for the last member (art-dag-l2.md §8.6); all else stands as it did. Undefined when it can
 * never have one: its actor is disabled or unknown, or what its owner wrote has no canonical form.
 *
 * Rejects with AppError 503 when identity does not answer.
 */
export async function signPublication(deps: SignPublicationDeps, unsigned: Unsigned): Promise<string | undefined> {
  const { document: text, sender } = unsigned;
  const document = JSON.parse(text) as Json;
  let key = signingKey(await keysFor(deps, sender, text));
  for (let composition = 1; key !== undefined; composition += 1) {
    try {
      return await signWith(deps, { text, document, actorId: sender.actorId, key });
    } catch (error) {
      if (isFinal(error)) return undefined;
      if (!isKeyChange(error) || composition === MAX_COMPOSITIONS) throw error;
      key = signingKey(await learnKeys(deps, sender));
    }
  }
  return undefined;
}

/** Who has ended may still tell of ends. */
async function signWith(
  { sign, now }: SignPublicationDeps,
  o: { text: string; document: Json; actorId: string; key: ActorKey },
): Promise<string> {
  const { actorId, document, text } = o;
  const { key_id: creator } = o.key;
  const by = { actorId, keyId: creator, farewell: document['type'] === 'Delete' };
  const created = now()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z');
  const { signature } = await signDocument(document, { creator, created, sign: (bytes) => sign(by, bytes) });
  // Added to the text as it stands, so that nothing which the owner signed is written anew.
  return `${text.slice(0, -1)},"signature":${JSON.stringify(signature)}}`;
}

function isFinal(error: unknown): boolean {
  return error instanceof NotCanonical || (error instanceof SigningRefused && [403, 404].includes(error.status));
}

function isKeyChange(error: unknown): boolean {
  return error instanceof SigningRefused && error.code === 'key_changed';
}
