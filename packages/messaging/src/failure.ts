import type { Logger } from '@artdag/service-kit';
import { PoisonMessage, RetryLater, type Delivery } from './transport.ts';

const MAX_REASON_LENGTH = 500;

/** What happens to a message whose handler failed: again after so many milliseconds, or no more. */
export type Verdict = { retryMs: number } | 'park';

/** The same rule for both transports. `attempt` counts the failures before this one. */
export function judge(error: unknown, attempt: number, delaysMs: readonly number[]): Verdict {
  const retryMs = delaysMs[attempt];
  return error instanceof PoisonMessage || retryMs === undefined ? 'park' : { retryMs };
}

/** A short text for the dead-letter list; never the message's body. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, MAX_REASON_LENGTH);
}

export function logFailure(logger: Logger, queue: string, delivery: Delivery, error: unknown, verdict: Verdict): void {
  const facts = { queue, event_id: delivery.id, attempt: delivery.attempt + 1, reason: reasonOf(error) };
  if (verdict === 'park') logger.error('event parked as a dead letter', { ...facts, error });
  else if (error instanceof RetryLater)
    logger.info('event will be tried again', { ...facts, retry_ms: verdict.retryMs });
  else logger.warn('event handler failed, will be tried again', { ...facts, retry_ms: verdict.retryMs, error });
}
