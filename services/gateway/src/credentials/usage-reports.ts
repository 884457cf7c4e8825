import type { Logger } from '@artdag/service-kit';
import { LRUCache } from 'lru-cache';

/** Tells auth which tokens are in use, since it does not see those that are verified here. Never in a request's way. */
export interface UsageReports {
  note(id: string): void;
  /** Sends what is waiting and no more after it. */
  stop(): Promise<void>;
}

export interface UsageReportsOptions {
  send: (ids: readonly string[]) => Promise<void>;
  logger: Logger;
  /** Milliseconds that never go back. */
  now: () => number;
  /** How long uses are gathered; default 5 s. */
  gatherMs?: number;
}

/** The same id again after this long. */
const againMs = 60_000;
const maxRemembered = 50_000;
const maxAtOnce = 1000;

export function createUsageReports(o: UsageReportsOptions): UsageReports {
  const noted = new LRUCache<string, number>({ max: maxRemembered });
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function send(): Promise<void> {
    timer = undefined;
    const ids = waiting;
    waiting = [];
    for (let at = 0; at < ids.length; at += maxAtOnce) await o.send(ids.slice(at, at + maxAtOnce));
  }
  // A use that is not told is told with the next one, a minute later.
  const sendQuietly = (): Promise<void> =>
    send().catch((error: unknown) => void o.logger.debug('auth was not told which tokens are in use', { error }));

  return {
    note(id) {
      const at = noted.get(id);
      const nowMs = o.now();
      if (stopped || (at !== undefined && nowMs - at < againMs) || waiting.length >= maxRemembered) return;
      noted.set(id, nowMs);
      waiting.push(id);
      timer ??= setTimeout(() => void sendQuietly(), o.gatherMs ?? 5000).unref();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await sendQuietly();
    },
  };
}
