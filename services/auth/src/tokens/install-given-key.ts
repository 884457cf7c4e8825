import { ConfigError } from '@artdag/service-kit';
import { primaryOf, type OpenKey } from './ring-view.ts';
import type { LockedRing, NewKey } from './signing-key.repository.ts';
import { longestTokenLifeMs } from './token-kinds.ts';

/**
 * Makes the key of the configuration the primary one, for good, in the caller's locked ring. If another key signs now, the given one
 * is published first like any new key, and takes over at `activatesAt`.
 *
 * @throws ConfigError when it was retired: whoever retired it did not mean it to come back with a restart
 */
export async function installGivenKey(
  ring: LockedRing,
  open: readonly OpenKey[],
  given: NewKey,
  o: { now: Date; activatesAt: Date },
): Promise<void> {
  const row = ring.keys.find(({ kid }) => kid === given.kid);
  if (row?.status === 'retired') {
    throw new ConfigError([`SIGNING_KEY_PATH: the key ${given.kid} was retired, wants another one, or none`]);
  }
  const isOpen = open.some(({ kid }) => kid === given.kid);
  if (isOpen && (row?.status === 'primary' || row?.status === 'next')) return;
  // What has not signed yet need not verify.
  for (const { kid, status } of ring.keys) if (status === 'next') await ring.setStatus(kid, 'retired', o.now);
  const isPublished = isOpen && row?.status === 'verify';
  if (primaryOf(open) !== undefined && !isPublished) return await ring.put(given, 'next', o.activatesAt);
  await demotePrimary(ring, o.now);
  await ring.put(given, 'primary', null);
}

/** It signs no more, and verifies what it has signed until that has expired. There is room for one primary only. */
export async function demotePrimary(ring: LockedRing, now: Date): Promise<void> {
  const notAfter = new Date(now.getTime() + longestTokenLifeMs);
  for (const { kid, status } of ring.keys) {
    if (status === 'primary') await ring.setStatus(kid, 'verify', notAfter);
  }
}
