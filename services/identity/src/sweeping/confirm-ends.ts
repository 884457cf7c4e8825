import { AppError } from '@artdag/service-kit';
import { confirmEnd, type EndAgentDeps } from '../agents/end-agent.ts';
import { markEndConfirmed } from '../agents/mark-ended.ts';
import { sweepableBefore, type SweepRepository, type UnconfirmedEnd } from './sweep.repository.ts';

export interface ConfirmEndsDeps extends EndAgentDeps {
  repository: SweepRepository;
}

/**
 * Ends that were written and could not be told to auth are told now. One that cannot be is no reason to leave the others, unless auth is away.
 *
 * @throws the last failure
 */
export async function confirmEnds(deps: ConfirmEndsDeps, signal: AbortSignal): Promise<void> {
  let failure: unknown;
  for (const end of await deps.repository.unconfirmedEnds(deps.execute, sweepableBefore(deps.now()))) {
    if (signal.aborted || isAway(failure)) break;
    await confirmOne(deps, end).catch((error: unknown) => {
      failure = error;
    });
  }
  if (failure !== undefined) throw failure;
}

async function confirmOne(
  deps: ConfirmEndsDeps,
  { identityId, actorId, handle, reason }: UnconfirmedEnd,
): Promise<void> {
  if (actorId !== null) return await confirmEnd(deps, { identityId, actorId, handle }, reason);
  // An organisation holds no credentials that auth could refuse.
  await markEndConfirmed(deps.execute, identityId, deps.now());
}

/** Whether the others would fail in the same way, each after its time-out. */
function isAway(error: unknown): boolean {
  return error instanceof AppError && error.status === 503;
}
