import type { Metrics } from '@artdag/service-kit';

export interface InboxMetrics {
  /** `result` is what became of an accepted activity, or the code of the refusal. */
  received(result: string): void;
}

export interface DeliveryMetrics {
  /** A job reached one of its end states, or has to be repeated. */
  settled(state: 'delivered' | 'retried' | 'dead' | 'dropped', jobs: number): void;
}

export interface FederationMetrics extends InboxMetrics, DeliveryMetrics {
  published(): void;
  /** How many deliveries wait or are under way. */
  pending(jobs: number): void;
  /** How many erasures are not at their end yet. */
  erasing(erasures: number): void;
}

/** What federation counts. */
export function createFederationMetrics(metrics: Metrics): FederationMetrics {
  const inbox = metrics.counter('inbox_total', 'Deliveries to our inboxes, by what became of them.', ['result']);
  const conflicts = metrics.counter('inbox_id_conflicts_total', 'Known activity ids that came with other content.');
  const outcomes = metrics.counter('deliveries_total', 'Deliveries to others, by outcome.', ['state']);
  const published = metrics.counter('activities_published_total', 'Claims put into an outbox.');
  const pending = metrics.gauge('deliveries', 'Deliveries in the queue.', ['state']);
  const erasures = metrics.gauge('erasures', 'Erasures that are not at their end yet.');
  return {
    erasing: (open) => erasures.set(open),
    received(result) {
      inbox.inc({ result });
      if (result === 'conflict') conflicts.inc();
    },
    settled: (state, jobs) => outcomes.inc({ state }, jobs),
    published: () => published.inc(),
    pending: (jobs) => pending.set({ state: 'pending' }, jobs),
  };
}
