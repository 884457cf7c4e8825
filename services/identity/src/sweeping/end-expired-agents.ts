import { endAgent, type EndAgentDeps } from '../agents/end-agent.ts';
import type { SweepRepository } from './sweep.repository.ts';

export interface EndExpiredAgentsDeps extends EndAgentDeps {
  repository: SweepRepository;
}

/**
 * Agents whose time is over are ended like those that their owners end. With auth away the ends are written all the same, and confirmed later.
 *
 * @throws the last failure, after all have been tried
 */
export async function endExpiredAgents(deps: EndExpiredAgentsDeps, signal: AbortSignal): Promise<void> {
  let failure: unknown;
  for (const identityId of await deps.repository.expiredAgents(deps.execute, deps.now())) {
    if (signal.aborted) break;
    await endAgent(deps, identityId, 'expired').catch((error: unknown) => {
      failure = error;
    });
  }
  if (failure !== undefined) throw failure;
}
