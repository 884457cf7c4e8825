import { readFileSync } from 'node:fs';
import type { OwnChain } from '@artdag/certificates';
import { CliError } from '../../cli-error.ts';

const headerBytes = 80;

/**
 * A file of Bitcoin block headers, 80 bytes each, one height after the other.
 *
 * @param from the height of the first
 * @throws CliError
 */
export function readOwnChain(file: string, from: number): OwnChain {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new CliError(`there are no block headers at ${file}.`, 2);
  }
  if (bytes.length === 0 || bytes.length % headerBytes !== 0) {
    throw new CliError(`${file} is no file of block headers: it is not a multiple of 80 bytes long.`, 2);
  }
  return {
    headerAt(height) {
      const at = (height - from) * headerBytes;
      return height >= from && at < bytes.length ? bytes.subarray(at, at + headerBytes) : undefined;
    },
  };
}
