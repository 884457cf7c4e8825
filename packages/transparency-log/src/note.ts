import { sign, type KeyObject } from 'node:crypto';
import { decodeBase64, utf8Text } from './encoding.ts';
import { LogDataError } from './log-data-error.ts';
import { isKeyName, verifySignature, type VerifierKey } from './verifier-key.ts';

/** One signature line of a note. */
export interface NoteSignature {
  name: string;
  /** 8 lower-case hex digits. */
  id: string;
  /** Without the key id: 64 bytes when it is Ed25519. */
  signature: Uint8Array;
}

/** A text with its signatures (C2SP signed-note); read, but not verified. */
export interface Note {
  /** Ends with a newline. */
  text: string;
  signatures: NoteSignature[];
}

const maxNoteBytes = 1_000_000;
const maxSignatures = 100;
const keyIdBytes = 4;
const signatureLine = /^\u2014 (?<name>[^ ]+) (?<encoded>[A-Za-z0-9+/=]+)$/u;

/** The note as it is served. */
export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${signatures.map(formatSignature).join('')}`;
}

function formatSignature({ name, id, signature }: NoteSignature): string {
  return `\u2014 ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
}

/**
 * Takes a note apart.
 *
 * @throws LogDataError when it is not one: no UTF-8, control characters, no signature, a line that is none, more than 100 of them.
 */
export function parseNote(input: string | Uint8Array): Note {
  if (input.length > maxNoteBytes) throw new LogDataError('The note is longer than 1,000,000 bytes.');
  const note = utf8Text(input);
  // Those of ASCII but the newline; U+007F and what comes after it may be in a note.
  if (/(?![\n\x7f-\x9f])\p{Cc}/u.test(note)) throw new LogDataError('The note has control characters.');
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n'))
    throw new LogDataError('The note has no text, or no signatures after an empty line.');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > maxSignatures) throw new LogDataError('The note has more than 100 signatures.');
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const { name = '', encoded = '' } = signatureLine.exec(line)?.groups ?? {};
  const bytes = decodeBase64(encoded);
  if (!isKeyName(name) || bytes.length <= keyIdBytes)
    throw new LogDataError('A signature line of the note is malformed.');
  return { name, id: bytes.toString('hex', 0, keyIdBytes), signature: bytes.subarray(keyIdBytes) };
}

/**
 * Takes a note apart and verifies the signatures of the keys that are given; others' are passed over.
 *
 * @returns its text, and which of the keys signed it: at least one.
 * @throws LogDataError when it is malformed, none of the keys signed it, or a signature of one of them is false.
 */
export function openNote(
  input: string | Uint8Array,
  keys: readonly VerifierKey[],
): { text: string; signers: VerifierKey[] } {
  const { text, signatures } = parseNote(input);
  const signers = new Set<VerifierKey>();
  for (const { name, id, signature } of signatures) {
    const key = keys.find((each) => each.name === name && each.id === id);
    if (key === undefined) continue;
    if (!verifySignature(key, text, signature)) throw new LogDataError(`The signature of ${name} is false.`);
    signers.add(key);
  }
  if (signers.size === 0) throw new LogDataError('No known key has signed the note.');
  return { text, signers: [...signers] };
}

/** One more signature line for a text, by an Ed25519 private key. */
export function signText(text: string, key: VerifierKey, privateKey: KeyObject): NoteSignature {
  return { name: key.name, id: key.id, signature: sign(null, Buffer.from(text), privateKey) };
}
