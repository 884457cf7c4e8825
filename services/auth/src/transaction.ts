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

/** From here on the caller's transaction sees and writes what belongs to that actor, and not what belonged to another. */
export async function seeAs(execute: Execute, actorId: string): Promise<void> {
  await execute(`SELECT set_config('app.actor_id', $1, true)`, [actorId]);
}
