import type { Execute } from '@artdag/messaging';
import type { KeyFiles } from './key-files.ts';
import type { MasterKeys } from '@artdag/envelope';

/** What moving keys between a folder and the database needs. */
export interface MoveKeysDeps {
  files: KeyFiles;
  keys: MasterKeys;
  /** The beginning of every key id. */
  publicUrl: string;
  /** Autocommit statements as `identity_svc`. */
  execute: Execute;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
}

export interface MoveKeysOptions {
  /** Only this user's; everybody's by default. */
  username?: string | undefined;
  /** Whether the source's copy is deleted once the destination's has been read back. */
  remove: boolean;
}

/** What became of one user's set. */
export interface MovedSet {
  username: string;
  /** `waiting`: the actor has no keys yet and gets these. `refused`: nothing was changed. */
  outcome: 'moved' | 'waiting' | 'unchanged' | 'refused';
  /** Why it was refused, or what else is to be known. */
  detail?: string;
}

/** Refuses one user's set, in words for the operator. */
export class RefusedSet extends Error {
  override readonly name = 'RefusedSet';
}

/** Does each set by itself: one that is refused, or cannot be read, keeps no other from being moved. */
export async function eachSet(
  usernames: readonly string[],
  move: (username: string) => Promise<MovedSet>,
): Promise<MovedSet[]> {
  const moved: MovedSet[] = [];
  for (const username of usernames) {
    try {
      moved.push(await move(username));
    } catch (error) {
      if (!(error instanceof RefusedSet)) throw error;
      moved.push({ username, outcome: 'refused', detail: error.message });
    }
  }
  return moved;
}
