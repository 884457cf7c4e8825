import type { Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';

/** Who did what to whom. No secret and no personal datum but the address in it: the log is never rewritten. */
export interface AuditEntry {
  actorId: string | null;
  /** `login`, `account.disabled`, … */
  action: string;
  /** The id of what it was done to. */
  target?: string | null;
  ip?: string | null;
  requestId?: string | null;
  data?: Record<string, unknown>;
}

/** Appends to the audit log in the caller's transaction: it is there if and only if the deed is. */
export async function appendAudit(execute: Execute, entry: AuditEntry): Promise<void> {
  await execute(
    `INSERT INTO audit_log (id, actor_id, action, target, ip, request_id, data)
     VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)`,
    [
      newId('aud'),
      entry.actorId,
      entry.action,
      entry.target ?? null,
      entry.ip ?? null,
      entry.requestId ?? null,
      JSON.stringify(entry.data ?? {}),
    ],
  );
}
