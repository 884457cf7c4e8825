import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CliError } from './cli-error.ts';

const chunkBytes = 1024 * 1024;

/** Size in bytes of a regular file. @throws CliError when there is none */
async function sizeOf(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new CliError(`there is no file ${path}.`);
  if (!info.isFile()) throw new CliError(`${path} is not a file.`);
  return info.size;
}

/**
 * Streams a file through SHA3-256: its content hash, 64 lower-case hex characters. Memory stays the same for any size.
 *
 * @param onProgress told the bytes read so far and the size
 */
export async function hashFile(
  path: string,
  onProgress?: (read: number, size: number) => void,
): Promise<{ hash: string; size: number }> {
  const size = await sizeOf(path);
  const hash = createHash('sha3-256');
  let read = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
      hash.update(chunk);
      read += chunk.length;
      onProgress?.(read, size);
    }
  } catch (error) {
    throw new CliError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { hash: hash.digest('hex'), size: read };
}
