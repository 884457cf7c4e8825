import type { agentRevoked, Envelope } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { endAgentIn } from '../actors/end-actor-rows.ts';
import { appendAudit } from '../audit/audit.ts';
import { seeAs } from '../transaction.ts';
import type { AfterCommit } from './after-commit.ts';

export interface AgentRevokedDeps extends Pick<AfterCommit, 'after'> {
  /** Resolves when no replica accepts these ids any more. */
  revoker: { enforce(ids: readonly string[]): Promise<void> };
  changes: { announce(actorId: string): void };
  now: () => Date;
  onEvent: () => void;
}

/**
 * `agent-revoked`: audited. identity ends the actor before it answers; should it have died on the way, or should several agents have ended with
 * their owner, the actor is ended here. Nobody but an agent is ended so, whatever the event says.
 */
export function onAgentRevoked({ after, revoker, changes, now, onEvent }: AgentRevokedDeps) {
  return async (event: Envelope<z.output<typeof agentRevoked.data>>, execute: Execute): Promise<void> => {
    const { actor_id: agentId, owner_actor_id: ownerId, fingerprint, reason } = event.data;
    const by = { actorId: ownerId, ip: null, requestId: event.correlation_id ?? event.id };
    const data = { fingerprint, reason };
    await appendAudit(execute, { ...by, action: 'agent.revoked', target: agentId, data });
    if (!(await isLiveAgent(execute, agentId))) return;
    // Row-level security shows a transaction what is its actor's own.
    await seeAs(execute, agentId);
    await endAgentIn(execute, agentId, { by: { ...by, data }, now: now() });
    after(execute, async () => {
      changes.announce(agentId);
      onEvent();
      await revoker.enforce([agentId]);
    });
  };
}

async function isLiveAgent(execute: Execute, actorId: string): Promise<boolean> {
  const live = `SELECT 1 AS one FROM actors WHERE id = $1 AND actor_type = 'agent' AND status = 'active'`;
  return (await execute(live, [actorId])).rows.length > 0;
}
