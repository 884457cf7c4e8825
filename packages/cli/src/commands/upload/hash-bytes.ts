import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CliError } from '../../cli-error.ts';
import { stampOf } from './file-stamp.ts';

const chunkBytes = 1024 * 1024;
/** How often it is told how far it is. */
const progressBytes = 16 * chunkBytes;

export interface HashedFile {
  /** SHA3-256, 64 lower-case hex characters. */
  hash: string;
  size: number;
  /** Of the file as it was hashed. */
  stamp: string;
}

/**
 * Hashes a file through one buffer, on this thread.
 *
 * @param onRead told the bytes read since it was last told
 * @throws CliError when it cannot be read, or was written to meanwhile
 */
export function hashBytes(path: string, onRead: (bytes: number) => void): HashedFile {
  try {
    const descriptor = openSync(path, 'r');
    try {
      return hashDescriptor(descriptor, onRead);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`it cannot be read (${error instanceof Error && 'code' in error ? error.code : error}).`);
  }
}

function hashDescriptor(descriptor: number, onRead: (bytes: number) => void): HashedFile {
  const hash = createHash('sha3-256');
  const before = fstatSync(descriptor, { bigint: true });
  const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Number(before.size) + 1));
  let size = 0;
  let untold = 0;
  for (;;) {
    const read = readSync(descriptor, buffer, 0, buffer.length, null);
    if (read === 0) break;
    hash.update(buffer.subarray(0, read));
    size += read;
    untold += read;
    if (untold >= progressBytes) {
      onRead(untold);
      untold = 0;
    }
  }
  onRead(untold);
  const stamp = stampOf(fstatSync(descriptor, { bigint: true }));
  if (stamp === stampOf(before)) return { hash: hash.digest('hex'), size, stamp };
  throw new CliError('it changed while it was read. Try again when nothing writes to it.');
}
