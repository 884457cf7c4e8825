import type { Execute } from '@artdag/messaging';

/**
 * Holds a name until the transaction ends. Handles and orgs' slugs are one namespace in two tables, so no constraint keeps
 * an agent and an org of one name apart that are made at the same moment.
 */
export async function lockHandle(execute: Execute, handle: string): Promise<void> {
  await execute(`SELECT pg_advisory_xact_lock(hashtextextended('handle:' || $1, 0))::text`, [handle]);
}
