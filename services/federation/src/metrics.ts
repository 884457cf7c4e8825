import type { SignatureScheme } from '@artdag/http-signatures';
import type { Metrics } from '@artdag/service-kit';
import type { Backlog } from './deliveries/backlog.repository.ts';
import type { Outcome } from './deliveries/delivery.ts';

export interface InboxMetrics {
  /** `result` is what became of an accepted activity, or the code of the refusal. */
  received(result: string): void;
  /** What a waiting activity did, or `failed`, to be tried again, or `parked`. */
  processed(effect: string): void;
  /** How many activities wait, and how many were parked. */
  inboxQueue(queue: { waiting: number; parked: number }): void;
  /** An actor or key of strangers was asked for. */
  keyFetched(result: KeyFetch): void;
}

/** `gone`: its server says 410. `busy`: too many were under way, so it was not asked for. */
export type KeyFetch = 'ok' | 'failed' | 'gone' | 'busy';

export interface SignatureMetrics {
  /** A stranger's signature was looked at. `result` is `verified`, or the code of the refusal. */
  verified(scheme: SignatureScheme, result: string): void;
}

export interface DeliveryMetrics {
  /** A job reached one of its end states, or has to be repeated. */
  settled(state: 'delivered' | 'retried' | 'dead' | 'dropped', jobs: number): void;
  /** A host was asked to take a job: what became of it, and how long it took, in seconds. */
  attempted(outcome: Outcome['kind'], seconds: number): void;
}

export interface FederationMetrics extends InboxMetrics, DeliveryMetrics, SignatureMetrics {
  published(): void;
  /** How many publications wait to be signed. */
  unsigned(publications: number): void;
  /** What waits to be sent, and how the hosts do. */
  backlog(backlog: Backlog): void;
  /** How many erasures are not at their end yet. */
  erasing(erasures: number): void;
}

/** What federation counts. No label says a host, an actor or anything else of which strangers decide how many there are. */
export function createFederationMetrics(metrics: Metrics): FederationMetrics {
  const published = metrics.counter('activities_published_total', 'Claims put into an outbox.');
  const unsigned = metrics.gauge('publications_unsigned', 'Publications that wait for their Linked Data Signature.');
  const erasures = metrics.gauge('erasures', 'Erasures that are not at their end yet.');
  return {
    ...createInboxMetrics(metrics),
    ...createSignatureMetrics(metrics),
    ...createDeliveryMetrics(metrics),
    ...createBacklogMetrics(metrics),
    erasing: (open) => erasures.set(open),
    published: () => published.inc(),
    unsigned: (waiting) => unsigned.set(waiting),
  };
}

function createInboxMetrics(metrics: Metrics): InboxMetrics {
  const inbox = metrics.counter('inbox_total', 'Deliveries to our inboxes, by what became of them.', ['result']);
  const effects = metrics.counter('inbox_processed_total', 'Stored activities, by what processing them did.', [
    'effect',
  ]);
  const queue = metrics.gauge('inbox_queue', 'Stored activities that wait, and that could not be processed.', [
    'state',
  ]);
  const conflicts = metrics.counter('inbox_id_conflicts_total', 'Known activity ids that came with other content.');
  const fetches = metrics.counter('key_fetches_total', 'Fetches of actors and keys of strangers.', ['result']);
  return {
    received(result) {
      inbox.inc({ result });
      if (result === 'conflict') conflicts.inc();
    },
    processed: (effect) => effects.inc({ effect }),
    inboxQueue({ waiting, parked }) {
      queue.set({ state: 'waiting' }, waiting);
      queue.set({ state: 'parked' }, parked);
    },
    keyFetched: (result) => fetches.inc({ result }),
  };
}

function createSignatureMetrics(metrics: Metrics): SignatureMetrics {
  const verified = metrics.counter('signature_verify_total', 'HTTP signatures of strangers, by scheme and result.', [
    'scheme',
    'result',
  ]);
  return { verified: (scheme, result) => verified.inc({ scheme, result }) };
}

/** In seconds; an attempt has 10 for each of its two requests. */
const ATTEMPT_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

function createDeliveryMetrics(metrics: Metrics): DeliveryMetrics {
  const outcomes = metrics.counter('deliveries_total', 'Deliveries to others, by outcome.', ['state']);
  const durations = metrics.histogram(
    'delivery_attempt_seconds',
    'Time from taking a delivery to the answer to it, signing included.',
    ['outcome'],
    ATTEMPT_BUCKETS,
  );
  return {
    settled: (state, jobs) => outcomes.inc({ state }, jobs),
    attempted: (outcome, seconds) => durations.observe({ outcome }, seconds),
  };
}

function createBacklogMetrics(metrics: Metrics): Pick<FederationMetrics, 'backlog'> {
  const jobs = metrics.gauge('deliveries', 'Deliveries that wait or are under way, and that were given up.', ['state']);
  const oldest = metrics.gauge('delivery_oldest_pending_seconds', 'How long the oldest of those that wait has.');
  const hosts = metrics.gauge('delivery_hosts', 'Hosts that fail, and that are left alone for it.', ['state']);
  return {
    backlog(now) {
      jobs.set({ state: 'pending' }, now.pending);
      jobs.set({ state: 'dead' }, now.dead);
      oldest.set(now.oldestSeconds);
      hosts.set({ state: 'failing' }, now.failingHosts);
      hosts.set({ state: 'left_alone' }, now.hostsLeftAlone);
    },
  };
}
