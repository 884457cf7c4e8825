import type { KeySeal } from './key-seal.ts';
import type { PublicTokenJwk, RingKey } from './rsa-key.ts';
import type { KeyStatus, StoredKey } from './signing-key.repository.ts';

/** A key of the ring that this process can use. */
export type OpenKey = RingKey & Pick<StoredKey, 'activatesAt' | 'notAfter'> & { status: Exclude<KeyStatus, 'retired'> };

/**
 * Opens the rows that are not retired. What was open before stays open as long as its row is there: a new deployment that brings
 * a new secret re-encrypts the rows under the feet of the replicas that still have the former one.
 */
export function openKeys(seal: KeySeal, stored: readonly StoredKey[], before: readonly OpenKey[] = []): OpenKey[] {
  return stored.flatMap((row) => {
    const { status, activatesAt, notAfter } = row;
    if (status === 'retired') return [];
    const key = before.find(({ kid }) => kid === row.kid) ?? seal.open(row);
    return key === null ? [] : [{ ...key, status, activatesAt, notAfter }];
  });
}

export function primaryOf(keys: readonly OpenKey[]): OpenKey | undefined {
  return keys.findLast(({ status }) => status === 'primary');
}

/** The published key whose time to sign has come. */
export function dueKey(keys: readonly OpenKey[], now: Date): OpenKey | undefined {
  return keys.findLast(({ status, activatesAt }) => status === 'next' && (activatesAt ?? now) <= now);
}

export function verifies(key: OpenKey, now: Date): boolean {
  return key.notAfter === null || key.notAfter > now;
}

export function publishedKeys(keys: readonly OpenKey[], now: Date): PublicTokenJwk[] {
  return keys.filter((key) => verifies(key, now)).map(({ publicJwk }) => publicJwk);
}
