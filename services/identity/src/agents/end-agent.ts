import { AppError } from '@artdag/service-kit';
import type { Shared } from '../part.ts';
import { markAgentEnded, markEndConfirmed, type EndedAgent } from './mark-ended.ts';

export type EndAgentDeps = Pick<Shared, 'execute' | 'transaction' | 'auth' | 'actors' | 'invalidations' | 'now'>;

/**
 * Ends an agent and all that it holds: its keys, and in auth its sessions, API keys and tokens. When this resolves no replica accepts any of
 * it. Repeating it is safe, and is what the sweeper does for whoever could not reach auth. Nothing is done for an id that is no agent's.
 *
 * @param agentIdentityId `idn_…`
 * @param reason snake_case; stored with the first end, told in `agent-revoked`
 * @throws AppError 503 `dependency_unavailable` when auth is away; the end stays written
 */
export async function endAgent(
  deps: EndAgentDeps,
  agentIdentityId: string,
  reason: string,
  correlationId?: string,
): Promise<void> {
  const agent = await deps.transaction((execute) =>
    markAgentEnded(execute, agentIdentityId, { reason, now: deps.now(), correlationId }),
  );
  if (agent !== null) await confirmEnd(deps, agent, reason);
}

/** The part of an agent's end that is auth's. @throws AppError 503 `dependency_unavailable` */
export async function confirmEnd(deps: EndAgentDeps, agent: EndedAgent, reason: string): Promise<void> {
  await deps.invalidations.announce('msign/keys', agent.handle);
  await endInAuth(deps, agent.actorId, reason);
  await markEndConfirmed(deps.execute, agent.identityId, deps.now());
  deps.actors.forget(agent.actorId);
}

async function endInAuth({ auth }: EndAgentDeps, actorId: string, reason: string): Promise<void> {
  try {
    await auth.endActor(actorId, { status: 'deleted', reason });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // auth accepts nothing of an actor that it does not know.
    if (error.status === 404) return;
    if (error.status !== 409) throw error;
    // An operator has made it the last owner of an organisation: then it stays there, and can do nothing all the same.
    await auth.endActor(actorId, { status: 'disabled', reason });
  }
}
