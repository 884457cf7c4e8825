import { createByteReader } from './byte-reader.ts';
import { concat, equalBytes, fromHex, varuint } from './bytes.ts';
import { digestLength, isHashName, readOp, writeOp, type HashName } from './op.ts';
import { OtsError } from './ots-error.ts';
import { readNode } from './read-timestamp.ts';
import type { Timestamp } from './timestamp.ts';
import { writeTimestamp } from './write-timestamp.ts';

/** What a `.ots` file holds: the proof of a file's digest. */
export interface DetachedTimestamp {
  /** What the file was hashed with; `timestamp.message` is the digest. */
  readonly hash: HashName;
  readonly timestamp: Timestamp;
}

/** `\0OpenTimestamps\0\0Proof\0` and eight bytes that no text has. */
const magic = fromHex('004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e89294');
const version = 1;

/** The media type of a proof. */
export const otsMediaType = 'application/vnd.opentimestamps.v1';

/**
 * Reads a `.ots` file.
 *
 * @throws OtsError for anything that the reference implementation refuses
 */
export function readDetached(bytes: Uint8Array): DetachedTimestamp {
  const reader = createByteReader(bytes);
  if (bytes.length < magic.length || !equalBytes(reader.take(magic.length), magic))
    throw new OtsError('bad_magic', 'This is no OpenTimestamps proof.');
  const found = reader.varuint();
  if (found !== version) throw new OtsError('unsupported_version', `The proof is of version ${found}, wants 1.`);
  const { name } = readOp(reader, reader.byte());
  if (!isHashName(name)) throw new OtsError('unknown_op', `A file cannot be hashed with ${name}.`);
  const timestamp = readNode(reader, reader.take(digestLength(name)));
  reader.end();
  return { hash: name, timestamp };
}

/**
 * The bytes of a `.ots` file: the same that the reference writes.
 *
 * @throws OtsError as {@link writeTimestamp}, or when the digest is not as long as the hash's
 */
export function writeDetached({ hash, timestamp }: DetachedTimestamp): Uint8Array {
  if (timestamp.message.length !== digestLength(hash))
    throw new OtsError('limit_exceeded', `A digest of ${hash} has ${digestLength(hash)} bytes.`);
  return concat([magic, varuint(version), writeOp({ name: hash }), timestamp.message, writeTimestamp(timestamp)]);
}
