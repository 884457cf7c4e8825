import type { Execute } from '@artdag/messaging';
import { createLoop, isConnectionFailure, sleep, type Logger } from '@artdag/service-kit';
import type { InboxMetrics } from '../metrics.ts';
import {
  beginFirst,
  findSenders,
  park,
  putOff,
  type Begun,
  type Sender,
  type Waiting,
} from './inbox-queue.repository.ts';
import { processFirst, type ProcessDeps, type Processed } from './process-activity.ts';

export interface InboxWorkerDeps extends ProcessDeps {
  /** Runs autocommit statements. */
  execute: Execute;
  metrics: Pick<InboxMetrics, 'processed'>;
  logger: Logger;
  /** Called after a commit by which events, and deliveries, may wait. */
  onEffect: () => void;
  /** Called when an actor elsewhere is no more. */
  onActorGone: (apId: string) => void;
}

/** Pace of the worker; what is left out has its default. */
export interface InboxTuning {
  /** Pauses after failures; after the last one an activity is parked (default 1 s, 10 s, 1 min, 10 min, 1 h). */
  pausesMs?: readonly number[];
  /** How long an activity waits of which no commit told us (default 1 s). */
  pollMs?: number;
  /** Between looks for what is past keeping (default 1 min). */
  housekeepingMs?: number;
}

export interface InboxWorker {
  start(): void;
  /** Call after a commit by which something waits. */
  wake(): void;
  /** Begins nothing more; what is under way has some seconds to end, and is undone otherwise. */
  stop(): Promise<void>;
}

/** Senders at once; each needs a connection. */
const CONCURRENCY = 4;
const SENDERS_AT_ONCE = 64;
/** Of one sender, before others have their turn. */
const IN_A_ROW = 50;
/** Under load a turn begins at most this often, so that senders are not looked for once per activity. */
const GATHER_MS = 50;
const MAX_ERROR = 500;
const PAUSES_MS = [1_000, 10_000, 60_000, 600_000, 3_600_000];
const NEVER_ENDED = 'Whatever was at work on it ended before it was done, each time.';
const GRACE_MS = 3_000;

/**
 * Processes what waits in the inbox: senders side by side and in turn, so that none holds up the others, each one's activities in the order in which
 * they came. Replicas share the work.
 */
export function createInboxWorker(deps: InboxWorkerDeps, o: InboxTuning): InboxWorker {
  const { pausesMs = PAUSES_MS, pollMs = 1_000 } = o;
  const { logger } = deps;
  const underWay = new Map<string, { work: Promise<void>; isTriedBefore: boolean }>();
  let senders: Sender[] = [];
  let after = '';
  let begunAt = -Infinity;

  const beginSender = ({ actor, isTriedBefore }: Sender): void => {
    const work = processSender(deps, actor, pausesMs)
      .catch((error: unknown) => {
        logger.warn('the inbox could not be processed; it is tried again in a moment', { error });
        return 0;
      })
      .then((done) => {
        underWay.delete(actor);
        // Of one whom another replica has in hand nothing was done: no reason to look again at once.
        if (done > 0 || senders.length > 0) loop.wake();
      });
    underWay.set(actor, { work, isTriedBefore });
  };

  /** Those at work are left where they are, and found again when they have more. */
  const findMore = async (): Promise<void> => {
    const found = await findSenders(deps.execute, { after, now: deps.now(), limit: SENDERS_AT_ONCE });
    after = found.length < SENDERS_AT_ONCE ? '' : (found.at(-1)?.actor ?? '');
    senders = found.filter(({ actor }) => !underWay.has(actor));
  };

  /** Of two that were tried before one may be what ends the process, and the other is not to be counted as it each time. */
  const mayBegin = ({ isTriedBefore }: Sender): boolean =>
    underWay.size < CONCURRENCY && !(isTriedBefore && [...underWay.values()].some((other) => other.isTriedBefore));

  const turn = async (signal: AbortSignal): Promise<boolean> => {
    const pauseMs = begunAt + GATHER_MS - performance.now();
    if (pauseMs > 0) await sleep(pauseMs, signal);
    begunAt = performance.now();
    if (senders.length === 0) await findMore();
    const left: Sender[] = [];
    for (const sender of senders) {
      if (underWay.has(sender.actor)) continue;
      if (mayBegin(sender)) beginSender(sender);
      else left.push(sender);
    }
    senders = left;
    return senders.length === 0 && after !== '';
  };

  const loop = createLoop({ name: 'inbox', everyMs: pollMs, logger, run: turn });
  return {
    start: () => loop.start(),
    wake: () => loop.wake(),
    async stop() {
      await loop.stop();
      const waiting = new AbortController();
      await Promise.race([
        Promise.all(Array.from(underWay.values(), ({ work }) => work)),
        sleep(GRACE_MS, waiting.signal),
      ]);
      waiting.abort();
    },
  };
}

/** What is due of a sender, up to its share of a turn. Answers how many were done. */
async function processSender(deps: InboxWorkerDeps, actor: string, pausesMs: readonly number[]): Promise<number> {
  const begun = await begin(deps, actor, pausesMs);
  if (begun === undefined || begun.isParked) return begun === undefined ? 0 : 1;
  for (let done = 1; done <= IN_A_ROW; done += 1) {
    const processed = await processFirst(deps, actor, done === 1 ? begun.place : undefined);
    if (processed === undefined) return done - 1;
    await settle(deps, processed, pausesMs);
    if (!processed.waiting.hasMore) return done;
  }
  return IN_A_ROW;
}

/**
 * Counts the try that is about to be made. Only the first of a turn is counted before it is made: one that ends the process is the first of
 * the turn after that.
 */
async function begin(deps: InboxWorkerDeps, actor: string, pausesMs: readonly number[]): Promise<Begun | undefined> {
  const now = deps.now();
  // As many tries as what fails without ending anything has.
  const retryAt = [...pausesMs, pausesMs.at(-1) ?? 0].map((ms) => new Date(now.getTime() + ms));
  const begun = await beginFirst(deps.execute, actor, { now, retryAt, error: NEVER_ENDED });
  if (begun?.isParked !== true) return begun;
  deps.logger.error('an activity was parked', { activity: begun.id, error: NEVER_ENDED });
  deps.metrics.processed('parked');
  return begun;
}

async function settle(deps: InboxWorkerDeps, processed: Processed, pausesMs: readonly number[]): Promise<void> {
  const { waiting, outcome } = processed;
  if ('effect' in outcome) {
    if (outcome.effect !== 'ignored') deps.onEffect();
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
