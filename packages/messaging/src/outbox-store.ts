import type { Execute } from './execute.ts';
import type { OutgoingMessage } from './transport.ts';

/** The relay's statements; each is one autocommit round trip. */
export interface OutboxStore {
  /** Takes up to `limit` unpublished rows for `leaseMs`; nobody else takes them until then. */
  claim(limit: number, leaseMs: number): Promise<OutgoingMessage[]>;
  markPublished(ids: readonly string[]): Promise<void>;
  /** Gives rows back, each to be claimed again after its number of milliseconds. */
  release(waits: ReadonlyMap<string, number>): Promise<void>;
  /** Age of the oldest unpublished row in seconds; 0 when there is none. */
  lagSeconds(): Promise<number>;
  /** Deletes up to `limit` rows of each table that are past keeping; answers whether there may be more. */
  purge(limit: number): Promise<boolean>;
}

/* Rows are taken whatever their order: a transaction that began earlier may commit later. The CTE is materialized so that the
   LIMIT holds whatever plan is chosen. */
const CLAIM = `
WITH due AS MATERIALIZED (
  SELECT id FROM outbox
  WHERE published_at IS NULL AND (claimed_until IS NULL OR claimed_until < now())
  ORDER BY created_at LIMIT $1::int FOR UPDATE SKIP LOCKED)
UPDATE outbox o SET claimed_until = now() + $2::int * interval '1 millisecond'
FROM due WHERE o.id = due.id
RETURNING o.id, o.routing_key, o.payload`;

const MARK = 'UPDATE outbox SET published_at = now(), claimed_until = NULL WHERE id = ANY($1::text[])';

const RELEASE = `
UPDATE outbox o SET claimed_until = now() + w.ms * interval '1 millisecond'
FROM unnest($1::text[], $2::int[]) AS w(id, ms)
WHERE o.id = w.id AND o.published_at IS NULL`;

const LAG = `
SELECT COALESCE(EXTRACT(EPOCH FROM now() - min(created_at)), 0)::float8 AS seconds FROM outbox WHERE published_at IS NULL`;

const PURGE_OUTBOX = `
DELETE FROM outbox WHERE id IN (
  SELECT id FROM outbox WHERE published_at < now() - interval '7 days' LIMIT $1::int FOR UPDATE SKIP LOCKED)`;

const PURGE_PROCESSED = `
DELETE FROM processed_events WHERE (consumer, event_id) IN (
  SELECT consumer, event_id FROM processed_events
  WHERE processed_at < now() - interval '30 days' LIMIT $1::int FOR UPDATE SKIP LOCKED)`;

export function createOutboxStore(execute: Execute): OutboxStore {
  return {
    async claim(limit, leaseMs) {
      const { rows } = await execute(CLAIM, [limit, leaseMs]);
      return rows.map((row) => ({
        id: String(row['id']),
        routingKey: String(row['routing_key']),
        body: Buffer.from(String(row['payload'])),
      }));
    },
    async markPublished(ids) {
      if (ids.length > 0) await execute(MARK, [ids]);
    },
    async release(waits) {
      if (waits.size > 0) await execute(RELEASE, [[...waits.keys()], [...waits.values()]]);
    },
    async lagSeconds() {
      const { rows } = await execute(LAG, []);
      return Number(rows[0]?.['seconds'] ?? 0);
    },
    async purge(limit) {
      const outbox = await execute(PURGE_OUTBOX, [limit]);
      const processed = await execute(PURGE_PROCESSED, [limit]);
      return outbox.rowCount === limit || processed.rowCount === limit;
    },
  };
}
