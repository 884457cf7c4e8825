import { z } from 'zod';

/** The contexts that emit events, and the service of each: `producer` in the envelope, first half of the routing key. */
export const producers = {
  auth: 'auth',
  identity: 'identity',
  registry: 'asset-registry',
  federation: 'federation',
  bridge: 'l1-bridge',
} as const;

export type EventContext = keyof typeof producers;

/**
 * What every event looks like on the wire.
 *
 * - `id` is the event's own (`evt_…`); consumers are idempotent on it.
 * - `occurred_at` is an ISO 8601 time in UTC, ending in `Z`.
 * - `subject` is the id of what changed, `subject_version` a counter on its row, from 1: events come late, twice and out of
 *   order, so a consumer that keeps a copy applies an event only if its version is higher than the one it holds.
 */
export interface Envelope<D = unknown> {
  id: string;
  type: string;
  version: number;
  occurred_at: string;
  producer: string;
  subject: string;
  subject_version: number;
  actor_id: string | null;
  org_id: string | null;
  correlation_id: string | null;
  data: D;
}

/** The envelope of one event type, tolerant of added fields. */
export function envelopeSchema<S extends z.ZodType>(type: string, version: number, data: S) {
  return z.looseObject({
    id: z.string().min(1),
    type: z.literal(type),
    version: z.literal(version),
    occurred_at: z.iso.datetime(),
    producer: z.string().min(1),
    subject: z.string().min(1),
    subject_version: z.int().positive(),
    actor_id: z.string().nullable(),
    org_id: z.string().nullable(),
    correlation_id: z.string().nullable(),
    data,
  });
}

/**
 * `<context>.<type>`, told from the producer, so that an envelope is enough to publish it.
 * @throws Error when no context has that producer.
 */
export function routingKeyOf(envelope: Pick<Envelope, 'type' | 'producer'>): string {
  const context = Object.entries(producers).find(([, service]) => service === envelope.producer)?.[0];
  if (context === undefined) {
    throw new Error(
      `Event ${envelope.type}: "${envelope.producer}" is no known producer. Make envelopes with create().`,
    );
  }
  return `${context}.${envelope.type}`;
}
