import type { agentCreated, Envelope } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { appendAudit } from '../audit/audit.ts';

/** `agent-created`: its owner has let a program act, which belongs in the owner's audit log. */
export async function onAgentCreated(
  event: Envelope<z.output<typeof agentCreated.data>>,
  execute: Execute,
): Promise<void> {
  const { actor_id: target, owner_actor_id: actorId, fingerprint, expires_at: expiresAt } = event.data;
  const data = { fingerprint, expires_at: expiresAt };
  await appendAudit(execute, { actorId, action: 'agent.created', target, requestId: event.correlation_id, data });
}
