import { decodeBase64, parseDecimal } from './encoding.ts';
import { LogDataError } from './log-data-error.ts';
import { hashBytes } from './merkle-hash.ts';
import { openNote } from './note.ts';
import type { VerifierKey } from './verifier-key.ts';
import type { TreeHead } from './verify.ts';

/** What a log says of its tree at one moment (C2SP tlog-checkpoint). */
export interface Checkpoint extends TreeHead {
  /** The log's URL without scheme. */
  origin: string;
}

/** The text that is signed: three lines, without extension lines. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** @throws LogDataError when it is not as {@link checkpointText} writes it. */
export function parseCheckpointText(text: string): Checkpoint {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n');
  if (origin === '' || rest.length !== 1 || rest[0] !== '') {
    throw new LogDataError('A checkpoint has three lines: origin, size and root.');
  }
  const parsed = { origin, size: parseDecimal(size), root: decodeBase64(root) };
  if (parsed.root.length !== hashBytes) throw new LogDataError('The root of a checkpoint has 32 bytes.');
  return parsed;
}

/**
 * The checkpoint in a note that at least one of the log's keys has signed. It is of the log whose name these keys bear.
 *
 * @throws LogDataError when it is malformed, is not signed by them, is another log's, or a signature of theirs is false.
 */
export function openCheckpoint(note: string | Uint8Array, keys: readonly VerifierKey[]): Checkpoint {
  const { text, signers } = openNote(note, keys);
  const checkpoint = parseCheckpointText(text);
  if (!signers.some(({ name }) => name === checkpoint.origin)) {
    throw new LogDataError(`The checkpoint is of ${checkpoint.origin}, whose key is not the one that signed it.`);
  }
  return checkpoint;
}
