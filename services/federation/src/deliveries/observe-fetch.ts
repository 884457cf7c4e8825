import { SafeFetchError, type SafeFetch } from '@artdag/safe-fetch';
import { PROMPT_MS } from './claim-deliveries.ts';
import type { ClaimedDelivery } from './delivery.ts';
import type { HostNews } from './host-health.repository.ts';

/** What a host did while a delivery to it was under way; filled in as it happens. */
export interface Observation {
  /** When the request went out that is unanswered; undefined while there is none. In milliseconds of a clock that never jumps. */
  sentAt: number | undefined;
  end: { latencyMs: number } | { error: unknown } | undefined;
}

/** A fetch that notes how its host does. What else an inbox answers than its status is of no use, so nobody waits for its body. */
export function observeFetch(safeFetch: SafeFetch, seen: Observation): SafeFetch {
  return async (url, init) => {
    const sentAt = performance.now();
    seen.sentAt = sentAt;
    try {
      const answer = await safeFetch(url, { ...init, discardBody: true });
      const latencyMs = performance.now() - sentAt;
      seen.end = answer.status < 500 ? { latencyMs } : { error: new Error(`It answered ${answer.status}.`) };
      return answer;
    } catch (error) {
      // Who redirects is there, and what may not be called was not asked.
      const isItsFault = error instanceof SafeFetchError && (error.code === 'timeout' || error.code === 'unreachable');
      seen.end = isItsFault ? { error } : undefined;
      throw error;
    } finally {
      seen.sentAt = undefined;
    }
  };
}

/** A host is written down again once a day even if nothing changed, so that it is not forgotten. */
const REFRESH_MS = 24 * 3_600_000;

/** What is worth writing down of a host after a delivery; undefined when it is known already. */
export function newsOf(job: ClaimedDelivery, { end }: Observation, begun: Date, now: Date): HostNews | undefined {
  const { name: host, fails, latencyMs: before, seenAt } = job.host;
  if (end === undefined) return fails ? { host, kind: 'unknown' } : undefined;
  if ('error' in end) {
    const reason = end.error instanceof Error ? end.error.message : String(end.error);
    return { host, kind: 'failed', begun, reason };
  }
  const { latencyMs } = end;
  const isKnown = before !== undefined && before > PROMPT_MS === latencyMs > PROMPT_MS;
  const isFresh = seenAt !== undefined && now.getTime() - seenAt.getTime() < REFRESH_MS;
  return isKnown && isFresh && !fails ? undefined : { host, kind: 'answered', latencyMs };
}
