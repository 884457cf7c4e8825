import type { Metrics } from '@artdag/service-kit';

export interface InboxMetrics {
  /** `result` is what became of an accepted activity, or the code of the refusal. */
  received(result: string): void;
  /** What a waiting activity did, or `failed`, to be tried again, or `parked`. */
  processed(effect: string): void;
  /** How many activities wait, and how many were parked. */
  inboxQueue(queue: { waiting: number; parked: number }): void;
}

export interface DeliveryMetrics {
  /** A job reached one of its end states, or has to be repeated. */
  settled(state: 'delivered' | 'retried' | 'dead' | 'dropped', jobs: number): void;
}

export interface FederationMetrics extends InboxMetrics, DeliveryMetrics {
  published(): void;
  /** How many publications wait to be signed. */
  unsigned(publications: number): void;
  /** How many deliveries wait or are under way. */
  pending(jobs: number): void;
  /** How many erasures are not at their end yet. */
  erasing(erasures: number): void;
}

/** What federation counts. */
export function createFederationMetrics(metrics: Metrics): FederationMetrics {
  const inbox = metrics.counter('inbox_total', 'Deliveries to our inboxes, by what became of them.', ['result']);
  const effects = metrics.counter('inbox_processed_total', 'Stored activities, by what processing them did.', [
    'effect',
  ]);
  const queue = metrics.gauge('inbox_queue', 'Stored activities that wait, and that could not be processed.', [
    'state',
  ]);
  const conflicts = metrics.counter('inbox_id_conflicts_total', 'Known activity ids that came with other content.');
  const outcomes = metrics.counter('deliveries_total', 'Deliveries to others, by outcome.', ['state']);
  const published = metrics.counter('activities_published_total', 'Claims put into an outbox.');
  const unsigned = metrics.gauge('publications_unsigned', 'Publications that wait for their Linked Data Signature.');
  const pending = metrics.gauge('deliveries', 'Deliveries in the queue.', ['state']);
  const erasures = metrics.gauge('erasures', 'Erasures that are not at their end yet.');
  return {
    erasing: (open) => erasures.set(open),
    received(result) {
      inbox.inc({ result });
      if (result === 'conflict') conflicts.inc();
    },
    processed: (effect) => effects.inc({ effect }),
    inboxQueue({ waiting, parked }) {
      queue.set({ state: 'waiting' }, waiting);
      queue.set({ state: 'parked' }, parked);
    },
    settled: (state, jobs) => outcomes.inc({ state }, jobs),
    published: () => published.inc(),
    unsigned: (waiting) => unsigned.set(waiting),
    pending: (jobs) => pending.set({ state: 'pending' }, jobs),
  };
}
