import { decodeMultibase, jcs } from '@artdag/claims';
import { attempt, isObject, member } from './read-json.ts';

/** What a key leaf commits to: the key's entry in the actor document, and for its end, when that was. */
export interface KeyDocument {
  id: string;
  /** ap_id of the actor. */
  controller: string;
  /** Raw Ed25519, 32 bytes. */
  publicKey: Uint8Array;
  /** `revoked`: nothing that the key signed counts; `expires`: what it signed before counts. */
  end: { kind: 'expires' | 'revoked'; at: string } | undefined;
}

const ed25519Multicodec = Buffer.of(0xed, 0x01);
const publicKeyBytes = 32;

/** Undefined when the text is not the canonical JSON of such a document. Never throws. */
export function readKeyDocument(text: string): KeyDocument | undefined {
  return attempt(() => {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const [id, controller, multibase] = ['id', 'controller', 'publicKeyMultibase'].map((name) => member(value, name));
    if (typeof id !== 'string' || typeof controller !== 'string' || typeof multibase !== 'string') return undefined;
    const end = endOf(member(value, 'expires'), member(value, 'revoked'));
    const shown = { id, type: 'Multikey', controller, publicKeyMultibase: multibase };
    if (jcs({ ...shown, ...(end && { [end.kind]: end.at }) }) !== text) return undefined;
    const bytes = Buffer.from(decodeMultibase(multibase));
    const isEd25519 = bytes.subarray(0, 2).equals(ed25519Multicodec) && bytes.length === 2 + publicKeyBytes;
    return isEd25519 ? { id, controller, publicKey: bytes.subarray(2), end } : undefined;
  });
}

function endOf(expires: unknown, revoked: unknown): KeyDocument['end'] {
  if (typeof revoked === 'string') return { kind: 'revoked', at: revoked };
  return typeof expires === 'string' ? { kind: 'expires', at: expires } : undefined;
}

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** SPKI (RFC 8410), whose SHA3-256 stands in the key's leaf. */
export function spkiOf(publicKey: Uint8Array): Buffer {
  return Buffer.concat([spkiPrefix, publicKey]);
}
