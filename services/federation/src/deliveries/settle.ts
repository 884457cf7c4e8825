import { activityDelivered } from '@artdag/events';
import { toOutboxRow, type Execute, type OutboxRow } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import { dropInbox } from '../followers/end-follow.ts';
import type { DeliveryMetrics } from '../metrics.ts';
import type { LocalUrls } from '../urls.ts';
import type { Delivery, Outcome } from './delivery.ts';
import type { DeliveryRepository } from './delivery.repository.ts';
import { nextAttemptAt } from './schedule.ts';

export interface SettleDeps {
  deliveries: DeliveryRepository;
  transaction: <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;
  urls: LocalUrls;
  metrics: DeliveryMetrics;
  now: () => Date;
  retryDelaysMs?: readonly number[] | undefined;
}

/** Writes down what became of a job that was not delivered. */
export async function settleFailure(
  deps: SettleDeps,
  job: Delivery,
  outcome: Exclude<Outcome, { kind: 'delivered' }>,
): Promise<void> {
  const { deliveries, metrics } = deps;
  const { reason } = outcome;
  const now = deps.now();
  if (outcome.kind === 'waiting') {
    const nextAt = new Date(now.getTime() + outcome.waitMs);
    return deliveries.postpone({ id: job.id, failed: false, nextAt, reason });
  }
  const username = deps.urls.usernameOf(job.apActorId);
  if (outcome.kind === 'gone' && username !== undefined) {
    await deps.transaction((execute) => dropInbox(execute, deps.urls, { username, inbox: job.inbox, reason, now }));
    return metrics.settled('dropped', 1);
  }
  if (outcome.kind === 'erased' || outcome.kind === 'blocked') {
    await deliveries.markDropped(job.id, reason);
    return metrics.settled('dropped', 1);
  }
  const nextAt = outcome.kind === 'failed' ? nextAttemptAt(job.attempts + 1, now, deps.retryDelaysMs) : undefined;
  if (nextAt !== undefined) {
    await deliveries.postpone({ id: job.id, failed: true, nextAt, reason });
    return metrics.settled('retried', 1);
  }
  await deliveries.markDead(job.id, reason);
  return metrics.settled('dead', 1);
}

/** Writes down delivered jobs, with an event per claim, all in one statement. */
export async function settleDelivered(deps: SettleDeps, jobs: readonly Delivery[]): Promise<void> {
  const now = deps.now();
  await deps.deliveries.markDelivered(jobs.map((job) => ({ id: job.id, event: delivered(job, now) })));
  deps.metrics.settled('delivered', jobs.length);
}

function delivered({ activityId, inbox }: Delivery, now: Date): OutboxRow | undefined {
  if (activityId === null) return undefined;
  const event = activityDelivered.create({
    id: newId('evt'),
    occurred_at: now.toISOString(),
    subject: activityId,
    subject_version: 1,
    data: { activity_id: activityId, inbox },
  });
  return toOutboxRow(event);
}
