import { LogDataError, openCheckpoint, parseNote, type Checkpoint, type VerifierKey } from '@artdag/transparency-log';
import type { LogServer } from './log-server.ts';
import { Alarmed } from './alarm.ts';

/** A signed checkpoint, verbatim, and what it says. */
export interface SignedHead {
  note: string;
  head: Checkpoint;
}

export interface CheckpointDeps {
  server: Pick<LogServer, 'checkpoint'>;
  /** Of the log, trusted. */
  keys: readonly VerifierKey[];
  pause: (ms: number) => Promise<unknown>;
}

const looks = 3;
const pauseMs = 1_000;

/**
 * The newest checkpoint, signed by a key that is trusted and not behind the one that is remembered. What looks older is asked for again, as
 * something on the way may have kept it for a moment.
 *
 * @returns undefined while the log has none, and never had
 * @throws Alarmed when it is false, unsigned, older than what is remembered, or of the same size with another root
 */
export async function newestCheckpoint(
  { server, keys, pause }: CheckpointDeps,
  remembered: SignedHead | undefined,
): Promise<SignedHead | undefined> {
  for (let look = 1; ; look += 1) {
    const note = await server.checkpoint();
    const found = note === undefined ? undefined : { note, head: open(note, keys) };
    if (remembered === undefined || (found !== undefined && found.head.size >= remembered.head.size)) {
      return remembered && found ? sameAtEqualSize(remembered, found) : found;
    }
    if (look === looks) throw shrank(remembered, found);
    await pause(pauseMs);
  }
}

function open(note: string, keys: readonly VerifierKey[]): Checkpoint {
  try {
    return openCheckpoint(note, keys);
  } catch (error) {
    if (!(error instanceof LogDataError)) throw error;
    throw (
      byStranger(note, keys) ??
      new Alarmed('not_signed', `The log's checkpoint is not what its key has signed. ${error.message}`, {
        shown: note,
      })
    );
  }
}

/** When it bears the log's name and only keys of that name that are not known. */
function byStranger(note: string, keys: readonly VerifierKey[]): Alarmed | undefined {
  const signatures = signaturesOf(note).filter(({ name }) => keys.some((key) => key.name === name));
  const isKnown = signatures.some(({ id }) => keys.some((key) => key.id === id));
  const [stranger] = signatures;
  if (isKnown || stranger === undefined) return undefined;
  const text =
    `The log's checkpoint is signed by a key (${stranger.id}) that is none of those you trust. ` +
    'If the operator has announced a new one, give it with --log-key.';
  return new Alarmed('key_unknown', text, { shown: note });
}

function signaturesOf(note: string): { name: string; id: string }[] {
  try {
    return parseNote(note).signatures;
  } catch {
    return [];
  }
}

function shrank({ note, head }: SignedHead, found: SignedHead | undefined): Alarmed {
  if (found === undefined) {
    return new Alarmed('withheld', `The server shows no checkpoint any more; there was one of ${head.size} entries.`, {
      remembered: note,
    });
  }
  const text = `The log shows ${found.head.size} entries, and had ${head.size}.`;
  return new Alarmed('shrank', text, { remembered: note, shown: found.note });
}

function sameAtEqualSize(remembered: SignedHead, found: SignedHead): SignedHead {
  if (found.head.size > remembered.head.size || Buffer.compare(found.head.root, remembered.head.root) === 0)
    return found;
  throw forked(remembered, found);
}

/** Two signed checkpoints that no one log has. */
export function forked(remembered: SignedHead, found: SignedHead): Alarmed {
  const sizes = [remembered.head.size, found.head.size];
  const text =
    sizes[0] === sizes[1]
      ? `The log has signed two different trees of ${sizes[0]} entries.`
      : `The log has signed trees of ${sizes[0]} and ${sizes[1]} entries, and is not shown to be one.`;
  return new Alarmed('forked', text, { remembered: remembered.note, shown: found.note });
}
