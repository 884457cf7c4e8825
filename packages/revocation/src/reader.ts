import type { KeyValueStore } from '@artdag/key-value';
import type { Logger } from '@artdag/service-kit';

/** Who said so: this process's memory, the shared store, or the truth behind it. */
export type RevokedBy = 'memory' | 'store' | 'auth';

export interface Revoked {
  id: string;
  reason: string;
  by: RevokedBy;
}

export interface RevocationReader {
  /**
   * Asked at every use of a credential, with all ids under which it may have been taken back. Undefined: under none of them.
   *
   * @throws RevocationUnavailable when nobody can say
   */
  check(ids: readonly string[]): Promise<Revoked | undefined>;
  /** What this process has itself taken back: refused from now on without asking. */
  remember(ids: readonly string[], reason: string): void;
}

export interface RevocationReaderOptions {
  store: KeyValueStore;
  /** The reason of each of the ids that is denied, by the truth. At most 1,000 ids at a time. */
  askTruth: (ids: readonly string[]) => Promise<Record<string, string>>;
  logger: Logger;
  /** Milliseconds that never go back; `performance.now` by default. */
  now?: () => number;
  /** How long the store may take; 200 by default. */
  storeTimeoutMs?: number;
  /** How long the truth may take; 2,000 by default. */
  truthTimeoutMs?: number;
}

export function createRevocationReader(o: RevocationReaderOptions): RevocationReader {
  throw new Error(`not yet: ${o.storeTimeoutMs}`);
}
