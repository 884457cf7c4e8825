/** A claimed call: this L1 is to be told that this token is dead. */
export interface Revocation {
  id: string;
  l1Url: string;
  username: string;
  jti: string | null;
  /** SHA-256 (hex) of the token; null when it is not known. */
  tokenHash: string | null;
  reason: string;
  revokedAt: Date;
  /** Failed attempts so far. */
  attempts: number;
}

/**
 * What became of an attempt.
 * - `done`: the L1 took it.
 * - `failed`: to be repeated after the schedule's next pause, or dead after the last.
 * - `waiting`: nothing was asked of the L1, or we ended meanwhile; does not count.
 */
export type Outcome =
  { kind: 'done' } | { kind: 'failed'; reason: string } | { kind: 'waiting'; reason: string; waitMs: number };
