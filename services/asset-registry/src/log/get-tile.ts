import { hashBytes, LogDataError, parseTilePath, tileWidth, widthInTree, type Tile } from '@artdag/transparency-log';
import type { LogReader } from './log-reader.ts';
import { notInLog } from './not-in-log.ts';

/**
 * The bytes of a hash tile or an entry bundle, as far as a signed checkpoint covers them.
 *
 * @param path what follows `/log/tile/`
 * @throws AppError 404
 */
export async function getTile(log: LogReader, path: string): Promise<{ bytes: Buffer; isFull: boolean }> {
  const tile = parse(path);
  const bytes = isInReach(tile) ? await readTile(log, tile) : undefined;
  if (bytes === undefined) throw notInLog('No signed checkpoint covers such a tile.');
  return { bytes, isFull: tile.width === tileWidth };
}

function parse(path: string): Tile {
  try {
    return parseTilePath(path);
  } catch (error) {
    throw error instanceof LogDataError ? notInLog(error.message) : error;
  }
}

/** The index of its last hash or entry is one that numbers hold. */
const isInReach = ({ index }: Tile): boolean => Number.isSafeInteger((index + 1) * tileWidth);

async function readTile(log: LogReader, { level, index, width }: Tile): Promise<Buffer | undefined> {
  if (level === 'entries') {
    const { signedSize, bundle } = await log.readEntries(index * tileWidth, width);
    return widthInTree(level, index, signedSize) < width ? undefined : bundle;
  }
  const { signedSize, hashes } = await log.readHashes(level, index);
  return widthInTree(level, index, signedSize) < width ? undefined : hashes.subarray(0, width * hashBytes);
}
