import { SignatureError } from '../signature-error.ts';
import type { Headers } from '../raw-headers.ts';
import { parseDictionary, type Dictionary, type InnerList, type Item } from './structured-fields.ts';
import { usable } from './usable.ts';

/** One of a request's signatures, nothing of it checked but its form. */
export interface SignatureInput {
  keyId: string;
  input: InnerList;
  signature: Buffer;
}

const maxLength = 8192;
const maxSignatures = 8;
const maxCovered = 64;

/**
 * The signatures that a request carries (RFC 9421 §4): members of `Signature-Input` with those of the same label in `Signature`, bounded before they
 * are looked at. One that does not stand in both, or names no key, is left out: it may be a proxy's.
 * Throws SignatureError `signature_invalid` when none is left.
 */
export function readInputs(headers: Headers): SignatureInput[] {
  const inputs = parseDictionary(bounded(headers, 'signature-input'));
  const signatures = parseDictionary(bounded(headers, 'signature'));
  if (inputs.size === 0) throw invalid('Signature-Input is empty.');
  if (inputs.size > maxSignatures) {
    throw invalid(`The request has ${inputs.size} signatures, the limit is ${maxSignatures}.`);
  }
  return usable([...inputs], ([label, input]) => readInput(label, input, signatures));
}

function readInput(label: string, input: Item | InnerList, signatures: Dictionary): SignatureInput {
  const signature = signatures.get(label);
  if (input.kind !== 'list') throw invalid(`The Signature-Input ${label} is no list of components.`);
  if (signature?.kind !== 'bytes' || !Buffer.isBuffer(signature.value)) {
    throw invalid(`The Signature header has no bytes under ${label}.`);
  }
  if (input.items.length > maxCovered) {
    throw invalid(`The signature covers ${input.items.length} components, the limit is ${maxCovered}.`);
  }
  return { keyId: keyIdOf(input), input, signature: signature.value };
}

function keyIdOf({ parameters }: InnerList): string {
  const keyId = parameters.get('keyid');
  if (keyId?.kind !== 'string' || keyId.value === '') throw invalid('The signature lacks the parameter keyid.');
  return String(keyId.value);
}

/** Several lines of a dictionary are one. */
function bounded(headers: Headers, name: string): string {
  const text = (headers.get(name) ?? []).join(', ');
  if (text.length > maxLength) throw invalid(`The ${name} header is over ${maxLength} bytes.`);
  return text;
}

function invalid(message: string): SignatureError {
  return new SignatureError('signature_invalid', message);
}
