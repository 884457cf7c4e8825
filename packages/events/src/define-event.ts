import type { z } from 'zod';
import { envelopeSchema, producers, type Envelope, type EventContext } from './envelope.ts';

/** What the emitter of an event says; the definition knows the rest. */
export interface NewEvent<D> {
  id: string;
  occurred_at: string;
  subject: string;
  subject_version: number;
  actor_id?: string | null | undefined;
  org_id?: string | null | undefined;
  correlation_id?: string | null | undefined;
  data: D;
}

export interface EventDefinition<T extends string = string, S extends z.ZodType = z.ZodType> {
  readonly type: T;
  readonly version: number;
  /** `<context>.<type>`, e.g. `registry.asset-registered`. */
  readonly routingKey: string;
  readonly data: S;
  /**
   * Checks a received envelope and gives back the very object it was given: added fields survive, and a signed document
   * keeps the order of its members.
   * @throws z.ZodError when a field is missing or wrong, or when it is another type or version.
   */
  parse(envelope: unknown): Envelope<z.output<S>>;
  /**
   * Makes the envelope for a new event, checked, so that a faulty event fails in its producer's transaction and not in
   * every consumer.
   * @throws z.ZodError
   */
  create(fields: NewEvent<z.input<S>>): Envelope<z.output<S>>;
}

/**
 * Declares an event. A breaking change of `data` is a new version. `data` only checks: transforms and defaults in it would have
 * no effect, since `parse` returns its input.
 */
export function defineEvent<T extends string, S extends z.ZodType>(
  type: T,
  version: number,
  data: S,
  o: { context: EventContext },
): EventDefinition<T, S> {
  const schema = envelopeSchema(type, version, data);
  const parse = (envelope: unknown): Envelope<z.output<S>> => {
    schema.parse(envelope);
    return envelope as Envelope<z.output<S>>;
  };
  const create = (fields: NewEvent<z.input<S>>): Envelope<z.output<S>> =>
    parse({
      id: fields.id,
      type,
      version,
      occurred_at: fields.occurred_at,
      producer: producers[o.context],
      subject: fields.subject,
      subject_version: fields.subject_version,
      actor_id: fields.actor_id ?? null,
      org_id: fields.org_id ?? null,
      correlation_id: fields.correlation_id ?? null,
      data: fields.data,
    });
  return { type, version, routingKey: `${o.context}.${type}`, data, parse, create };
}
