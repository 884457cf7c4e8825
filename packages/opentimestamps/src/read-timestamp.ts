import { readAttestation, compareAttestations, type Attestation } from './attestation.ts';
import { createByteReader, type ByteReader } from './byte-reader.ts';
import { limits } from './limits.ts';
import { applyOp, compareOps, readOp } from './op.ts';
import { OtsError } from './ots-error.ts';
import { distinct, type Branch, type Timestamp } from './timestamp.ts';

const forkTag = 0xff;
const attestationTag = 0x00;

/**
 * Reads a timestamp without a file header, which does not say what message it is about.
 *
 * @throws OtsError for anything that the reference implementation refuses, trailing bytes too
 */
export function readTimestamp(bytes: Uint8Array, message: Uint8Array): Timestamp {
  const reader = createByteReader(bytes);
  const timestamp = readNode(reader, message);
  reader.end();
  return timestamp;
}

/**
 * What a calendar answers to `POST /digest` and `GET /timestamp/<commitment>`: at most 10,000 bytes.
 *
 * @throws OtsError as {@link readTimestamp}
 */
export function readCalendarReply(bytes: Uint8Array, commitment: Uint8Array): Timestamp {
  if (bytes.length > limits.calendarReplyBytes)
    throw new OtsError('limit_exceeded', `A calendar's reply has at most ${limits.calendarReplyBytes} bytes.`);
  return readTimestamp(bytes, commitment);
}

/** @param depth how many timestamps may still follow on this path, this one included */
export function readNode(reader: ByteReader, message: Uint8Array, depth: number = limits.depth): Timestamp {
  if (depth === 0) throw new OtsError('limit_exceeded', `A proof is deeper than ${limits.depth}.`);
  if (message.length > limits.messageBytes)
    throw new OtsError('limit_exceeded', `A message has at most ${limits.messageBytes} bytes.`);
  const attestations: Attestation[] = [];
  const branches: Branch[] = [];
  const readItem = (tag: number): void => {
    if (tag === attestationTag) {
      attestations.push(readAttestation(reader));
      return;
    }
    const op = readOp(reader, tag);
    branches.push({ op, timestamp: readNode(reader, applyOp(op, message), depth - 1) });
  };
  let tag = reader.byte();
  for (; tag === forkTag; tag = reader.byte()) readItem(reader.byte());
  readItem(tag);
  return {
    message,
    attestations: distinct(attestations, compareAttestations),
    branches: distinct(branches, (a, b) => compareOps(a.op, b.op)),
  };
}
