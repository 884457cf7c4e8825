import type { Execute } from '@artdag/messaging';
import { createLoop, sleep, type Logger } from '@artdag/service-kit';
import { callL1, type CallL1Deps } from './call-l1.ts';
import { claimRevocations } from './claim.repository.ts';
import { createPlaces, PROMPT_MS } from './places.ts';
import type { Outcome, Revocation } from './revocation.ts';
import { settle, type SettleDeps } from './settle.ts';

export interface CourierDeps extends CallL1Deps, SettleDeps {
  /** Runs autocommit statements. */
  execute: Execute;
  logger: Logger;
}

export interface CourierTuning {
  /** Calls under way at once to L1s that answer promptly, and as many to slow ones (default 64). */
  concurrency?: number;
  /** How long the calls of a replica that died stay taken; longer than an attempt can last, signing included (default 45 s). */
  leaseMs?: number;
  /** How long a call waits that nobody called `wake()` for (default 1 s). */
  pollMs?: number;
}

export interface Courier {
  start(): void;
  /** Call after a commit that wrote calls, or when one may have become due. */
  wake(): void;
  /** Takes no more calls, gives those under way `graceMs`, then gives them back untried. */
  stop(graceMs: number, cutOff: () => Promise<void>): Promise<void>;
}

export const LEASE_MS = 45_000;
/** Under load a turn begins at most this often, so that calls are taken and signed in batches. */
const GATHER_MS = 20;

/**
 * Calls L1s: takes what is due with a lease and calls side by side, few at a time to each, in lanes, so that no L1 holds up another. At least
 * once: a crash between the call and its mark repeats it, which changes nothing at the L1.
 */
export function createCourier(deps: CourierDeps, tuning: CourierTuning = {}): Courier {
  const { concurrency = 64, leaseMs = LEASE_MS, pollMs = 1_000 } = tuning;
  const { logger } = deps;
  const places = createPlaces(concurrency, () => performance.now());
  const underWay = new Set<Promise<void>>();
  let claimedAt = -Infinity;
  let ending = false;

  const deliver = async (call: Revocation): Promise<void> => {
    const startedAt = performance.now();
    const outcome = await callL1(deps, call);
    const tookMs = performance.now() - startedAt;
    if (outcome.kind !== 'waiting') deps.metrics.attempted(outcome.kind, tookMs / 1000);
    places.remove(call.id, call.l1Url, ending ? undefined : isWell(outcome, tookMs));
    if (outcome.kind !== 'done') logger.info('an L1 was not told', { l1_url: call.l1Url, ...outcome });
    try {
      await settle(deps, call, ending ? cutShort(outcome) : outcome);
    } catch (error) {
      logger.error('a call could not be marked; it is repeated when its lease ends', { call: call.id, error });
    }
  };

  const turn = async (): Promise<boolean> => {
    await sleep(Math.max(0, claimedAt + GATHER_MS - performance.now()));
    claimedAt = performance.now();
    const state = places.state();
    if (state === undefined) return false;
    const calls = await claimRevocations(deps.execute, { now: deps.now(), leaseMs, ...state });
    for (const call of calls) {
      places.add(call.id, call.l1Url);
      const delivery = deliver(call).finally(() => {
        underWay.delete(delivery);
        loop.wake();
      });
      underWay.add(delivery);
    }
    return false;
  };

  const loop = createLoop({ name: 'l1 revocations', everyMs: pollMs, run: turn, logger });
  return {
    start: () => loop.start(),
    wake: () => loop.wake(),
    async stop(graceMs, cutOff) {
      await loop.stop();
      const waiting = new AbortController();
      await Promise.race([Promise.all(underWay), sleep(graceMs, waiting.signal)]);
      waiting.abort();
      ending = true;
      await cutOff();
      await Promise.all(underWay);
    },
  };
}

function isWell(outcome: Outcome, tookMs: number): boolean | undefined {
  if (outcome.kind === 'waiting') return undefined;
  return outcome.kind === 'done' && tookMs <= PROMPT_MS;
}

/** What fails from then on was cut off by our own end, which is not the L1's fault. */
function cutShort(outcome: Outcome): Outcome {
  return outcome.kind === 'failed' ? { ...outcome, kind: 'waiting', waitMs: 0 } : outcome;
}
