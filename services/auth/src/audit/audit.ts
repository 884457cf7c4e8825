import type { Execute } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';

export interface AuditEntry {
  /** Who did it; null for the system. */
  actorId: string | null;
  /** `<what>.<done>`, or `login` and `logout`. */
  action: string;
  /** The id of what it was done to. */
  target?: string | null;
  ip?: string | null;
  requestId?: string | null;
  /** No secrets and no personal data: nobody can ever take them out again. */
  data?: Record<string, unknown>;
}

/** Records what was done, in the caller's transaction: it is in the log if and only if it happened. */
export async function appendAudit(execute: Execute, entry: AuditEntry): Promise<void> {
  await execute(
    `INSERT INTO audit_log (id, actor_id, action, target, ip, request_id, data)
     VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb)`,
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
