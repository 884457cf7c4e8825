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

/** Writes down delivered jobs, with an event for each claim among them, all in one statement. */
export async function settleDelivered(deps: SettleDeps, jobs: readonly Delivery[]): Promise<void> {
  const ids = jobs.map(({ id }) => id);
  await deps.deliveries.markDelivered(ids, tell(jobs, deps.now().toISOString()));
  deps.metrics.settled('delivered', jobs.length);
}

function tell(jobs: readonly Delivery[], at: string): OutboxRow[] {
  const inboxesOf = new Map<string, string[]>();
  for (const { activityId, inbox } of jobs) {
    if (activityId === null) continue;
    const inboxes = inboxesOf.get(activityId);
    if (inboxes === undefined) inboxesOf.set(activityId, [inbox]);
    else inboxes.push(inbox);
  }
  return [...inboxesOf].map(([id, inboxes]) => toOutboxRow(delivered(id, inboxes, at)));
}

const delivered = (activityId: string, inboxes: string[], at: string): ReturnType<typeof activityDelivered.create> =>
  activityDelivered.create({
    ...{ id: newId('evt'), occurred_at: at, subject: activityId, subject_version: 1 },
    data: { activity_id: activityId, inboxes },
  });
