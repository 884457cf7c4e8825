import type { Database } from '@artdag/database/registry';
import { pinColumns, type PinRow } from '../pins/pin-row.ts';

/** A provider whose copies one replica looks at, until the lease ends. */
export interface ClaimedStorage {
  id: string;
  actor_id: string;
  provider_type: string;
  config_enc: string;
  by_sysadmin: boolean;
  check_failures: number;
  /** Who holds it: nothing is written for a claim that somebody else has by now. */
  check_claim: string;
}

export interface CheckClaimRepository {
  /** Providers with something to look at, those that wait longest first. */
  claim(o: { claim: string; now: Date; leaseMs: number; limit: number }): Promise<ClaimedStorage[]>;
  renew(claims: readonly string[], until: Date): Promise<void>;
  duePins(storageId: string, now: Date, limit: number): Promise<PinRow[]>;
  /** Gives a provider back. With `retryAt` it could not be asked, and is not before then. */
  release(o: { storage: ClaimedStorage; now: Date; failures: number; retryAt: Date | null }): Promise<void>;
}

/*
 * The provider is the unit of work: so no more than one replica is at it, at the pace of one, and what one slow provider holds up is its own.
 * By hand, as Prisma has neither SKIP LOCKED nor UPDATE … FROM.
 */
const claimStatement = `
WITH due AS (
  SELECT id FROM user_storage
  WHERE is_active AND next_check_at <= $2 AND (check_claimed_until IS NULL OR check_claimed_until <= $2)
  ORDER BY next_check_at LIMIT $4 FOR UPDATE SKIP LOCKED)
UPDATE user_storage s SET check_claim = $1 || s.id, check_claimed_until = $3 FROM due WHERE s.id = due.id
RETURNING s.id, s.actor_id, s.provider_type, s.config_enc, s.by_sysadmin, s.check_failures, s.check_claim`;

/** A provider with more to look at goes to the end of the line. */
const releaseStatement = `
UPDATE user_storage s SET check_claim = NULL, check_claimed_until = NULL, check_failures = $4,
  next_check_at = CASE WHEN is_active THEN coalesce($5::timestamptz,
    (SELECT greatest(p.next_check_at, $3) FROM storage_pins p WHERE p.storage_id = s.id ORDER BY p.next_check_at LIMIT 1)) END
WHERE id = $1 AND check_claim = $2`;

const system = { system: true };

export function createCheckClaimRepository(database: Database): CheckClaimRepository {
  return {
    async claim({ claim, now, leaseMs, limit }) {
      const values = [claim, now, new Date(now.getTime() + leaseMs), limit];
      return (
        await database.pgStatement<ClaimedStorage & Record<string, unknown>>({ text: claimStatement, values }, system)
      ).rows;
    },
    async renew(claims, until) {
      const text = 'UPDATE user_storage SET check_claimed_until = $2 WHERE check_claim = ANY($1)';
      await database.pgStatement({ text, values: [claims, until] }, system);
    },
    async duePins(storageId, now, limit) {
      const text = `SELECT ${pinColumns} FROM storage_pins WHERE storage_id = $1 AND next_check_at <= $2
        ORDER BY next_check_at LIMIT $3`;
      return (await database.pgStatement<PinRow>({ text, values: [storageId, now, limit] }, system)).rows;
    },
    async release({ storage, now, failures, retryAt }) {
      const values = [storage.id, storage.check_claim, now, failures, retryAt];
      await database.pgStatement({ text: releaseStatement, values }, system);
    },
  };
}
