import type { Execute } from '@artdag/messaging';
import { createLoop, type Logger, type Loop } from '@artdag/service-kit';
import {
  countErasures,
  findDueErasure,
  holdErasure,
  moveErasure,
  removeErasure,
  setUsername,
  type Erasure,
} from './erasure.repository.ts';
import { steps, type StepDeps } from './steps.ts';

export interface EraserDeps extends StepDeps {
  /** One transaction that acts for the system. */
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  /** The name in an actor's address, also after its end; null when it never had a key, and so never claimed anything. */
  usernameOf: (actorId: string) => Promise<string | null>;
  logger: Logger;
  /** Told how many are not at their end yet. */
  onCount: (open: number) => void;
}

const everyMs = 1_000;
const afterFailureMs = 30_000;

/**
 * Walks the tables that hold what is to be erased, a batch to a transaction, which also notes how far it has come: whoever takes over after a
 * crash goes on from there.
 */
export function createEraser(deps: EraserDeps): Loop {
  return createLoop({ name: 'erasures', everyMs, logger: deps.logger, run: () => eraseBatch(deps) });
}

/** Answers whether there may be more to do at once. One that fails waits for a while, so that it holds up no other. */
async function eraseBatch(deps: EraserDeps): Promise<boolean> {
  const found = await findDueErasure(deps.execute, deps.now());
  deps.onCount(await countErasures(deps.execute));
  if (found === undefined) return false;
  try {
    return await eraseBatchOf(deps, found);
  } catch (error) {
    const nextAt = new Date(deps.now().getTime() + afterFailureMs);
    await moveErasure(deps.execute, { ...found, nextAt });
    throw error;
  }
}

async function eraseBatchOf(deps: EraserDeps, found: Erasure & { begunAt: Date }): Promise<boolean> {
  const erasure = await withUsername(deps, found);
  const step = steps[erasure.kind][erasure.step];
  if (step === undefined) {
    await removeErasure(deps.execute, erasure.subject);
    deps.logger.info('erased', { kind: erasure.kind, subject: erasure.subject });
    return true;
  }
  const batch = await step.next(deps, erasure);
  return await deps.transaction(async (execute) => {
    if (!(await holdErasure(execute, erasure))) return false;
    const cursor = await batch.within(execute);
    const here = { ...erasure, cursor: cursor ?? '', nextAt: found.begunAt };
    await moveErasure(execute, cursor === null ? afterStep(erasure, found.begunAt) : here);
    return true;
  });
}

function afterStep(erasure: Erasure, begunAt: Date): Parameters<typeof moveErasure>[1] {
  const step = erasure.step + 1;
  const afterMs = steps[erasure.kind][step]?.afterMs ?? 0;
  return { subject: erasure.subject, step, cursor: '', nextAt: new Date(begunAt.getTime() + afterMs) };
}

async function withUsername(deps: EraserDeps, erasure: Erasure): Promise<Erasure> {
  if (erasure.kind === 'asset' || erasure.username !== null) return erasure;
  const username = await deps.usernameOf(erasure.subject);
  if (username !== null) await setUsername(deps.execute, erasure.subject, username);
  return { ...erasure, username };
}
