import { createPublicKey, hash, verify } from 'node:crypto';
import type { DocumentText } from './activity-text.ts';
import { claimContextText } from './context.ts';
import { jcs, quote } from './jcs.ts';
import { decodeMultibase, encodeMultibase } from './multibase.ts';

type Json = Record<string, unknown>;

/** Proof options of a claim as canonical text: the proof without its `proofValue` (FEP-8b32, eddsa-jcs-2022). */
export function proofOptionsText(keyId: string, created: string): string {
  return (
    `{"@context":${claimContextText},"created":${quote(created)},"cryptosuite":"eddsa-jcs-2022"` +
    `,"proofPurpose":"assertionMethod","type":"DataIntegrityProof","verificationMethod":${quote(keyId)}}`
  );
}

/** The 64 bytes to sign, SHA-256(options) ‖ SHA-256(document), of two canonical texts. */
export function signingInputOfText(documentText: string, optionsText: string): Buffer {
  // Through hex, as two hashes in buffers of their own and a third to join them take half as long again.
  return Buffer.from(hash('sha256', optionsText, 'hex') + hash('sha256', documentText, 'hex'), 'hex');
}

/** `proof` as canonical text: `proofValue` takes its place between `proofPurpose` and `type`. */
export function proofText(keyId: string, created: string, signature: Uint8Array): string {
  return (
    `{"@context":${claimContextText},"created":${quote(created)},"cryptosuite":"eddsa-jcs-2022"` +
    `,"proofPurpose":"assertionMethod","proofValue":"${encodeMultibase(signature)}"` +
    `,"type":"DataIntegrityProof","verificationMethod":${quote(keyId)}}`
  );
}

/** The signed document as canonical text, with `proof` spliced in where the order wants it. */
export function signedText(document: DocumentText, proof: string): string {
  return `${document.head},"proof":${proof}${document.tail}`;
}

/** Proof options for any document that is to carry an eddsa-jcs-2022 proof; `@context` is the document's own. */
export function proofOptions(document: Json, keyId: string, created: string): Json {
  return {
    '@context': document['@context'],
    created,
    cryptosuite: 'eddsa-jcs-2022',
    proofPurpose: 'assertionMethod',
    type: 'DataIntegrityProof',
    verificationMethod: keyId,
  };
}

/** The 64 bytes to sign for a document without `proof`. */
export function signingInput(document: Json, options: Json): Buffer {
  return signingInputOfText(jcs(document), jcs(options));
}

/** The document with its proof; the given one is left as it was. */
export function attachProof(document: Json, options: Json, signature: Uint8Array): Json {
  return { ...document, proof: { ...options, proofValue: encodeMultibase(signature) } };
}

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Whether an activity's `proof` was made by this raw Ed25519 key (32 bytes) over this very document.
 *
 * A `signature` beside the proof is left aside, since it is added after the proof. That the key belongs to the activity's
 * actor (`assertionMethod`, `controller`) is for the caller to find out. Never throws on a hostile document.
 */
export function verifyProof(activity: Json, rawPublicKey: Uint8Array): boolean {
  const { proof, signature: _signature, ...document } = activity;
  if (!isProof(proof) || !startsWithContext(document['@context'], proof['@context'])) return false;
  const { proofValue, ...options } = proof;
  try {
    const signature = decodeMultibase(String(proofValue));
    const key = createPublicKey({ key: Buffer.concat([spkiPrefix, rawPublicKey]), format: 'der', type: 'spki' });
    return verify(null, signingInput(document, options), key, signature);
  } catch {
    return false;
  }
}

function isProof(proof: unknown): proof is Json {
  if (typeof proof !== 'object' || proof === null) return false;
  const p = proof as Json;
  return (
    p['type'] === 'DataIntegrityProof' &&
    p['cryptosuite'] === 'eddsa-jcs-2022' &&
    p['proofPurpose'] === 'assertionMethod' &&
    typeof p['verificationMethod'] === 'string' &&
    typeof p['proofValue'] === 'string' &&
    typeof p['created'] === 'string' &&
    !Number.isNaN(Date.parse(p['created']))
  );
}

/** vc-di-eddsa §3.3.2: the document's `@context` starts with all values of the proof's, in order. */
function startsWithContext(document: unknown, proof: unknown): boolean {
  if (proof === undefined) return true;
  const own = Array.isArray(document) ? (document as unknown[]) : [document];
  const wanted = Array.isArray(proof) ? (proof as unknown[]) : [proof];
  try {
    return wanted.every((value, i) => i < own.length && jcs(own[i]) === jcs(value));
  } catch {
    return false;
  }
}
