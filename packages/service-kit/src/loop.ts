import type { Logger } from './logging/logger.ts';
import { jitter } from './sleep.ts';

export interface LoopOptions {
  /** Named in logs. */
  name: string;
  /** Pause between turns; a turn that resolves to true is followed by the next at once. */
  everyMs: number;
  /** One turn. `signal` aborts when the loop is being stopped. */
  run: (signal: AbortSignal) => Promise<boolean | void>;
  logger: Logger;
  /** The longest pause after failures, default the longer of 10 s and everyMs; they double from 100 ms or everyMs. */
  maxBackoffMs?: number;
}

export interface Loop {
  start(): void;
  /** Runs a turn at once, or once more after the running one. During the pause after a failure it changes nothing. */
  wake(): void;
  /** Resolves when the running turn has ended; no turn begins after. */
  stop(): Promise<void>;
}

const MAX_BACKOFF_MS = 10_000;
const FIRST_BACKOFF_MS = 100;

/** A background worker: periodic, woken at once, its turns never overlap; failures are logged and slow it down. */
export function createLoop(o: LoopOptions): Loop {
  const firstBackoffMs = Math.min(o.everyMs, FIRST_BACKOFF_MS);
  const maxBackoffMs = o.maxBackoffMs ?? Math.max(MAX_BACKOFF_MS, o.everyMs);
  const stopping = new AbortController();
  let finished: Promise<void> | undefined;
  let failures = 0;
  let woken = false;
  let endPause: (() => void) | undefined;

  const turn = async (): Promise<number> => {
    try {
      const more = await o.run(stopping.signal);
      if (failures > 0) o.logger.info(`${o.name}: works again`, { failures });
      failures = 0;
      return more === true || woken ? 0 : o.everyMs;
    } catch (error) {
      if (stopping.signal.aborted) return 0;
      failures += 1;
      const doubled = firstBackoffMs * 2 ** Math.min(failures - 1, 20);
      const pauseMs = jitter(Math.min(doubled, maxBackoffMs));
      const level = failures === 1 ? 'error' : 'warn';
      o.logger.log(level, `${o.name}: failed, next try in ${pauseMs} ms`, { failures, error });
      return pauseMs;
    }
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const repeat = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      woken = false;
      const pauseMs = await turn();
      if (stopping.signal.aborted) return;
      // Even without a pause other work gets its turn.
      if (pauseMs > 0) await pause(pauseMs);
      else await new Promise((resolve) => setImmediate(resolve));
    }
  };

  return {
    start() {
      finished ??= repeat();
    },
    wake() {
      woken = true;
      if (failures === 0) endPause?.();
    },
    async stop() {
      stopping.abort();
      endPause?.();
      await finished;
    },
  };
}
