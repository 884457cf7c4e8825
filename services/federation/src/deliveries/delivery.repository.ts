import type { Execute, OutboxRow } from '@artdag/messaging';
import { claimDeliveries, type Claimed, type ClaimOptions } from './claim-deliveries.ts';
import { STILL_PENDING } from './delivery.ts';
import { recordHosts, type HostNews } from './host-health.repository.ts';

export interface DeliveryRepository {
  claim(o: ClaimOptions): Promise<Claimed>;
  /** With the events that tell of them, which the relay finds by itself. */
  markDelivered(ids: readonly string[], events: readonly OutboxRow[]): Promise<void>;
  /** Writes down how hosts answered. */
  recordHosts(news: readonly HostNews[], now: Date): Promise<void>;
  /** Puts a job off: `attempts` counts up when it had failed. */
  postpone(job: { id: string; failed: boolean; nextAt: Date; reason: string }): Promise<void>;
  markDead(id: string, reason: string): Promise<void>;
  /** Nothing is left to be sent. */
  markDropped(id: string, reason: string): Promise<void>;
  /** Gives up to `limit` of those up that have waited since `before`; answers how many. */
  giveUp(before: Date, now: Date, limit: number): Promise<number>;
  /** Deletes up to `limit` that ended in this state and were due before that; answers how many. */
  purge(state: 'delivered' | 'dropped' | 'dead', before: Date, limit: number): Promise<number>;
}

const DELIVERED = `
WITH done AS (
  UPDATE deliveries d SET state = 'delivered', claimed_until = NULL, last_error = NULL, attempts = attempts + 1
  WHERE d.id = ANY ($1::text[]) AND ${STILL_PENDING})
INSERT INTO outbox (id, type, routing_key, payload) SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])`;

/*
 * A claim that was erased while it was on its way is not tried again: its Delete waits behind it. It is held, so that this waits for who erases
 * it just now, and sees it; who comes later finds the job put off, and gives it up.
 */
const POSTPONE = `
WITH kept AS MATERIALIZED (
  SELECT 1 FROM publications p
  WHERE p.activity_id = (SELECT j.activity_id FROM deliveries j WHERE j.id = $1) AND p.erased_at IS NULL FOR SHARE)
UPDATE deliveries SET claimed_until = NULL, next_at = $2, last_error = $3, attempts = attempts + $4::int,
  state = CASE WHEN activity_id IS NULL OR EXISTS (SELECT 1 FROM kept) THEN 'pending' ELSE 'dropped' END
WHERE id = $1 AND state = 'pending'`;

const DEAD = `
UPDATE deliveries SET state = 'dead', claimed_until = NULL, last_error = $2, attempts = attempts + 1
WHERE id = $1 AND state = 'pending'`;

const DROPPED = `
UPDATE deliveries SET state = 'dropped', claimed_until = NULL, last_error = $2 WHERE id = $1 AND state = 'pending'`;

const GIVE_UP = `
WITH late AS MATERIALIZED (
  SELECT d.id FROM deliveries d
  WHERE d.state = 'pending' AND d.queued_at <= $1 AND (d.claimed_until IS NULL OR d.claimed_until <= $2)
  LIMIT $3 FOR UPDATE SKIP LOCKED)
UPDATE deliveries d SET state = 'dead', claimed_until = NULL,
  last_error = concat('Waited for too long. ', coalesce(d.last_error, (SELECT r.last_error FROM remote_hosts r WHERE r.host = d.host)))
FROM late WHERE d.id = late.id`;

const PURGE = `
DELETE FROM deliveries WHERE id IN (
  SELECT id FROM deliveries WHERE state = $1 AND state <> 'pending' AND next_at < $2 ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED)`;

/** `execute` runs autocommit statements: no transaction is open while a delivery is under way. */
export function createDeliveryRepository(execute: Execute): DeliveryRepository {
  return {
    claim: (o) => claimDeliveries(execute, o),
    async markDelivered(ids, events) {
      const column = (name: keyof OutboxRow) => events.map((event) => event[name]);
      await execute(DELIVERED, [ids, column('id'), column('type'), column('routing_key'), column('payload')]);
    },
    recordHosts: (news, now) => recordHosts(execute, news, now),
    async postpone({ id, failed, nextAt, reason }) {
      await execute(POSTPONE, [id, nextAt, reason, failed ? 1 : 0]);
    },
    async markDead(id, reason) {
      await execute(DEAD, [id, reason]);
    },
    async markDropped(id, reason) {
      await execute(DROPPED, [id, reason]);
    },
    async giveUp(before, now, limit) {
      return (await execute(GIVE_UP, [before, now, limit])).rowCount;
    },
    async purge(state, before, limit) {
      return (await execute(PURGE, [state, before, limit])).rowCount;
    },
  };
}
