import { LogDataError } from './log-data-error.ts';

const maxEntryBytes = 0xffff;

/**
 * Entries as C2SP tlog-tiles bundles them: each behind its length, a big-endian uint16.
 *
 * @throws RangeError for an entry that is longer than 65,535 bytes.
 */
export function encodeEntryBundle(entries: readonly (string | Uint8Array)[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const bytes = typeof entry === 'string' ? Buffer.from(entry) : entry;
    if (bytes.length > maxEntryBytes) throw new RangeError('A log entry is at most 65,535 bytes.');
    return [Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes];
  });
  return Buffer.concat(parts);
}

/**
 * The entries of a bundle. They share its memory.
 *
 * @throws LogDataError when it ends within an entry.
 */
export function decodeEntryBundle(bundle: Uint8Array): Buffer[] {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = at + 2;
    const end = start + (start <= bytes.length ? bytes.readUInt16BE(at) : 0);
    if (end > bytes.length || start > bytes.length) throw new LogDataError('The entry bundle ends within an entry.');
    entries.push(bytes.subarray(start, end));
    at = end;
  }
  return entries;
}
