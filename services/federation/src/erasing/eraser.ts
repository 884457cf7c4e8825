import type { Execute } from '@artdag/messaging';
import { createLoop, type Logger, type Loop } from '@artdag/service-kit';
import { countErasures, noteProgress, removeErasure, takeErasure } from './erasure.repository.ts';
import { steps } from './steps.ts';

export interface EraserDeps {
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  logger: Logger;
  now: () => Date;
  /** Told how many are not at their end yet. */
  onCount: (open: number) => void;
}

const everyMs = 1_000;

/**
 * Walks the tables that hold copies of what is erased, a batch to a transaction, which also says how far it has come: whoever takes over
 * after a crash goes on from there. Replicas take different erasures.
 */
export function createEraser({ transaction, logger, now, onCount }: EraserDeps): Loop {
  return createLoop({
    name: 'erasures',
    everyMs,
    logger,
    run: () =>
      transaction(async (execute) => {
        const more = await eraseBatch(execute, logger, now());
        onCount(await countErasures(execute));
        return more;
      }),
  });
}

/** Answers whether there may be more to do. */
async function eraseBatch(execute: Execute, logger: Logger, now: Date): Promise<boolean> {
  const erasure = await takeErasure(execute);
  if (erasure === undefined) return false;
  const { id, kind, step, cursor } = erasure;
  const run = steps[kind][step];
  if (run === undefined) {
    await removeErasure(execute, id);
    logger.info('erased', { kind, actor: erasure.apActorId, event_id: id });
    return true;
  }
  const next = await run(erasure, { execute, now, cursor });
  await noteProgress(execute, id, next === null ? { step: step + 1, cursor: '' } : { step, cursor: next });
  return true;
}
