import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { sleep } from '@artdag/service-kit';

const chunkBytes = 1024 * 1024;
/** A disk that serves others too is read no faster. */
const bytesPerSecond = 64 * 1024 * 1024;

/**
 * SHA3-256, in hex, of the first `size` bytes: of a file that grows meanwhile, of those that it had.
 *
 * @throws the signal's reason
 */
export async function hashFile(file: FileHandle, size: number, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha3-256');
  const chunk = Buffer.alloc(Math.min(chunkBytes, Math.max(size, 1)));
  const startedAt = performance.now();
  for (let at = 0; at < size;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, size - at), at);
    if (bytesRead === 0) break;
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
    const aheadMs = (at / bytesPerSecond) * 1000 - (performance.now() - startedAt);
    if (aheadMs > 1) await sleep(aheadMs, signal);
  }
  return hash.digest('hex');
}
