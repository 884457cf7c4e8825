import { routingKeyOf, type Envelope } from '@artdag/events';
import type { Execute } from './execute.ts';

/** The values of an outbox row; the other columns have defaults. */
export interface OutboxRow {
  id: string;
  type: string;
  routing_key: string;
  /** The envelope's JSON, published as it is. */
  payload: string;
}

/** The outbox row of an event, for a hot path that inserts it within a statement of its own. */
export function toOutboxRow(event: Envelope): OutboxRow {
  return { id: event.id, type: event.type, routing_key: routingKeyOf(event), payload: JSON.stringify(event) };
}

/**
 * Puts an event into the outbox, in the caller's transaction: it is published if and only if that commits. Call the relay's `wake()`
 * after the commit.
 */
export async function appendEvent(execute: Execute, event: Envelope): Promise<void> {
  const row = toOutboxRow(event);
  await execute('INSERT INTO outbox (id, type, routing_key, payload) VALUES ($1, $2, $3, $4)', [
    row.id,
    row.type,
    row.routing_key,
    row.payload,
  ]);
}
