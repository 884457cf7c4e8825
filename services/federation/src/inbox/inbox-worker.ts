import type { Execute } from '@artdag/messaging';
import { createLoop, isConnectionFailure, sleep, type Logger, type Loop } from '@artdag/service-kit';
import type { InboxMetrics } from '../metrics.ts';
import { findSenders, park, putOff, type Waiting } from './inbox-queue.repository.ts';
import { processFirst, type ProcessDeps, type Processed } from './process-activity.ts';

export interface InboxWorkerDeps extends ProcessDeps {
  /** Runs autocommit statements. */
  execute: Execute;
  metrics: Pick<InboxMetrics, 'processed'>;
  logger: Logger;
  /** Called when an actor elsewhere is no more. */
  onActorGone: (apId: string) => void;
}

/** Pace of the worker; what is left out has its default. */
export interface InboxTuning {
  /** Pauses after failures; after the last one an activity is parked (default 1 s, 10 s, 1 min, 10 min, 1 h). */
  pausesMs?: readonly number[];
  /** How long an activity waits of which no commit told us (default 1 s). */
  pollMs?: number;
}

/** Senders at once; each needs a connection. */
const CONCURRENCY = 4;
const SENDERS_AT_ONCE = 64;
/** Of one sender, before others have their turn. */
const IN_A_ROW = 50;
/** Under load a turn begins at most this often, so that senders are not looked for once per activity. */
const GATHER_MS = 25;
const MAX_ERROR = 500;
const PAUSES_MS = [1_000, 10_000, 60_000, 600_000, 3_600_000];

/**
 * Processes what waits in the inbox: senders side by side and in turn, so that none holds up the others, each one's activities in the order in which
 * they came. Replicas share the work.
 */
export function createInboxWorker(deps: InboxWorkerDeps, { pausesMs = PAUSES_MS, pollMs = 1_000 }: InboxTuning): Loop {
  let after = '';
  let begunAt = -Infinity;

  const processSender = async (actor: string): Promise<number> => {
    for (let done = 0; done < IN_A_ROW; done += 1) {
      const processed = await processFirst(deps, actor);
      if (processed === undefined) return done;
      await settle(deps, processed, pausesMs);
    }
    return IN_A_ROW;
  };

  const turn = async (signal: AbortSignal): Promise<boolean> => {
    const pauseMs = begunAt + GATHER_MS - performance.now();
    if (pauseMs > 0) await sleep(pauseMs, signal);
    begunAt = performance.now();
    const senders = await findSenders(deps.execute, { after, now: deps.now(), limit: SENDERS_AT_ONCE });
    const isLast = senders.length < SENDERS_AT_ONCE;
    const wasFirst = after === '';
    after = isLast ? '' : (senders.at(-1) ?? '');
    const done = await inParallel(senders, processSender);
    return done > 0 || !isLast || !wasFirst;
  };

  return createLoop({ name: 'inbox', everyMs: pollMs, logger: deps.logger, run: turn });
}

async function inParallel(senders: readonly string[], work: (actor: string) => Promise<number>): Promise<number> {
  const left = [...senders];
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let actor = left.shift(); actor !== undefined; actor = left.shift()) done += await work(actor);
  };
  // Nothing of this turn may still be under way when the next one begins.
  const lanes = await Promise.allSettled(Array.from({ length: CONCURRENCY }, lane));
  for (const each of lanes) if (each.status === 'rejected') throw each.reason;
  return done;
}

async function settle(deps: InboxWorkerDeps, processed: Processed, pausesMs: readonly number[]): Promise<void> {
  const { waiting, outcome } = processed;
  if ('effect' in outcome) {
    if (outcome.effect === 'actor_deleted') deps.onActorGone(waiting.actor);
    return deps.metrics.processed(outcome.effect);
  }
  // Not its fault: the loop waits until the database is back.
  if (isConnectionFailure(outcome.error)) throw outcome.error;
  deps.logger.error('an activity could not be processed', { activity: waiting.id, error: outcome.error });
  deps.metrics.processed(await afterFailure(deps, waiting, outcome.error, pausesMs[waiting.attempts]));
}

async function afterFailure(
  deps: InboxWorkerDeps,
  waiting: Waiting,
  error: unknown,
  pauseMs: number | undefined,
): Promise<'failed' | 'parked'> {
  const now = deps.now();
  const text = (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR);
  if (pauseMs === undefined) {
    await park(deps.execute, waiting, text, now);
    return 'parked';
  }
  await putOff(deps.execute, waiting, text, new Date(now.getTime() + pauseMs));
  return 'failed';
}
