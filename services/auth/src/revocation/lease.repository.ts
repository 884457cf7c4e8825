import type { Database } from '@artdag/database/auth';

/** Who leads a job: one process at a time, each take-over under a higher fence. */
export interface LeaseRepository {
  /** Takes or keeps the lease for 15 s of the database's clock; null when somebody else has it. */
  take(job: string, holder: string): Promise<number | null>;
  giveUp(job: string, holder: string, fence: number): Promise<void>;
}

const take = `INSERT INTO leases (job, holder, fence, expires_at) VALUES ($1, $2, 1, now() + interval '15 seconds')
  ON CONFLICT (job) DO UPDATE SET holder = $2, expires_at = now() + interval '15 seconds',
    fence = leases.fence + CASE WHEN leases.holder = $2 AND leases.expires_at > now() THEN 0 ELSE 1 END
  WHERE leases.holder = $2 OR leases.expires_at <= now()
  RETURNING fence`;

export function createLeaseRepository({ pool }: Database): LeaseRepository {
  return {
    async take(job, holder) {
      const { rows } = await pool.query<{ fence: string }>(take, [job, holder]);
      return rows[0] === undefined ? null : Number(rows[0].fence);
    },
    async giveUp(job, holder, fence) {
      const text = 'UPDATE leases SET expires_at = now() WHERE job = $1 AND holder = $2 AND fence = $3';
      await pool.query(text, [job, holder, fence]);
    },
  };
}
