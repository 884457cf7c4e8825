import { randomFillSync, randomUUID } from 'node:crypto';
import { newId } from '@artdag/service-kit';
import { wholeSeconds } from '../http/times.ts';
import type { FreshValues } from './registration.ts';

const saltBytes = 32;
const saltsPerFill = 256;

/** Makes what is fresh about each registration. Salts are cut from a block, since a call for random bytes costs more than they do. */
export function createFreshValues(now: () => Date): () => FreshValues {
  let block = Buffer.alloc(0);
  let used = 0;
  const salt = (): Buffer => {
    if (used === block.length) {
      // A new block, not the old one again: salts of statements in flight still point into it.
      block = randomFillSync(Buffer.alloc(saltBytes * saltsPerFill));
      used = 0;
    }
    used += saltBytes;
    return block.subarray(used - saltBytes, used);
  };
  return () => {
    const at = now().toISOString();
    return {
      assetId: newId('ast'),
      activityId: randomUUID(),
      eventId: newId('evt'),
      salt: salt(),
      at,
      published: wholeSeconds(at),
    };
  };
}
