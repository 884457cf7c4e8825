import type { Execute } from '@artdag/messaging';

/**
 * Runs `work` in one transaction that sees and writes what belongs to `actorId` (null: only what no row-level security protects):
 * committed when it resolves, rolled back when it rejects. The network is kept out of it.
 */
export type InTransaction = <T>(actorId: string | null, work: (execute: Execute) => Promise<T>) => Promise<T>;

/** On whose behalf something is done, for the audit log. */
export interface By {
  actorId: string;
  /** What else the audit log is to say of them, such as an operator's name. */
  data?: Record<string, unknown>;
  ip: string | null;
  requestId: string;
}
