import type { TreeHead } from '@artdag/transparency-log';
import type { LogKey, LogKeySet } from './log-key.ts';

/** A checkpoint as it was and is served. */
export interface SignedCheckpoint extends TreeHead {
  /** The signed note. */
  note: string;
  keyId: string;
  signedAt: Date;
}

/** A key that has signed checkpoints, from that of `fromSize` on. */
export interface UsedLogKey extends LogKey {
  fromSize: number;
}

/** Every checkpoint that was ever served. */
export interface CheckpointReader {
  findLatest(): Promise<SignedCheckpoint | undefined>;
  find(size: number): Promise<SignedCheckpoint | undefined>;
  /** By size, from the next larger one on. */
  list(after: number, limit: number): Promise<SignedCheckpoint[]>;
  listKeys(): Promise<UsedLogKey[]>;
}

export interface CheckpointStore extends CheckpointReader {
  /** What waits for its signature, and what was signed last; undefined when all is signed. */
  findUnsigned(): Promise<{ head: TreeHead; last: TreeHead | undefined } | undefined>;
  /** From now on it is served. It changes nothing when there is one of this size. */
  store(signed: TreeHead & { note: string }, keys: LogKeySet): Promise<void>;
}
