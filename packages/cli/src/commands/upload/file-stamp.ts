import type { BigIntStats } from 'node:fs';

/** What changes when a file does: size, time of the last write, inode, and the time of the last change, which programs cannot set back. */
export function stampOf({ size, mtimeNs, ino, ctimeNs }: BigIntStats): string {
  return [size, mtimeNs, ino, ctimeNs].join('-');
}
