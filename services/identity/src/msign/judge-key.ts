import type { KnownActor } from '../actors/auth-client.ts';
import type { KeyList, PublicKey } from './key-list.ts';

/** Why the holder of a key is refused all the same. */
export type KeyRefusal = 'key_expired' | 'key_revoked';

/**
 * Whether a key may still be used: an agent's time, then what was taken back, then the key's own time.
 *
 * @param at epoch milliseconds
 */
export function judgeKey(list: KeyList, key: PublicKey, at: number): KeyRefusal | undefined {
  const over = (time: number | null): boolean => time !== null && time <= at;
  // Ending an agent whose time is over revokes its keys; its program is told the reason and not the deed.
  if (over(list.expiresAt) && (list.endReason === null || list.endReason === 'expired')) return 'key_expired';
  if (list.ended || key.revoked) return 'key_revoked';
  return over(key.expiresAt) ? 'key_expired' : undefined;
}

/** Whether all who act may: the actor and, for an agent, whose agent it is. Null is an actor that auth does not know. */
export function mayAct(actors: readonly (KnownActor | null)[]): boolean {
  return actors.every((actor) => actor?.status === 'active');
}
