import type { Database } from '@artdag/database/auth';
import { denialGraceMs, type StoredDenial } from './denial-entries.ts';

/** Which load of which server process holds an entry: the store's `serverId`, and how often it has been loaded anew. */
export interface Load {
  serverId: string;
  generation: number;
}

export interface DenialRepository {
  /** The reason of each of the ids that is denied at `now`. */
  findReasons(ids: readonly string[], now: Date): Promise<Record<string, string>>;
  find(ids: readonly string[]): Promise<StoredDenial[]>;
  /** What is not known to be in this load of the store, committed before the call: up to `limit` denials, and up to `limit` lifted ones. */
  listUnconfirmed(load: Load, limit: number): Promise<StoredDenial[]>;
  /** Those that have not changed since they were read are in this load of the store; the others are confirmed nowhere. */
  confirm(denials: readonly StoredDenial[], load: Load): Promise<void>;
  /** Whether the store has confirmed all of them to anybody since they were last changed. */
  areConfirmed(ids: readonly string[]): Promise<boolean>;
  /** 0 before the first. */
  generation(): Promise<number>;
  /** Makes every confirmation worthless: true for the one caller that ended generation `seen`. */
  endGeneration(seen: number): Promise<boolean>;
}

const columns = `jti AS id, reason, revoked_at::text AS "revokedAt", expires_at::text AS "expiresAt",
  (extract(epoch FROM revoked_at) * 1000)::float8 AS "revokedAtMs",
  (extract(epoch FROM LEAST(expires_at, '9999-12-31')) * 1000)::float8 AS "expiresAtMs"`;

// Three index ranges: IS DISTINCT FROM would read the whole table every second.
const ranges = ['IS NULL', '< $1', '> $1'];
const some = (which: string): string =>
  ranges
    .map((range) => `(SELECT * FROM revoked_tokens WHERE confirmed_on ${range} AND ${which} LIMIT $2)`)
    .join(' UNION ALL ');
const list = `
  (SELECT ${columns} FROM (${some(`expires_at > 'epoch'`)}) denied LIMIT $2)
  UNION ALL (SELECT ${columns} FROM (${some(`expires_at <= 'epoch'`)}) lifted LIMIT $2)`;

// A row that somebody else holds is being changed: it is somebody else's to confirm.
const confirm = `WITH seen AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS s(jti, revoked_at, expires_at)),
  held AS (
    SELECT r.jti, r.revoked_at = s.revoked_at::timestamptz AND r.expires_at = s.expires_at::timestamptz AS same
    FROM revoked_tokens r JOIN seen s ON s.jti = r.jti FOR UPDATE OF r SKIP LOCKED)
  UPDATE revoked_tokens r SET confirmed_on = CASE WHEN held.same THEN $4 END FROM held WHERE r.jti = held.jti`;

// The row of `leases` is nobody's lease: its fence numbers the loads.
const job = 'revocation-load';
const endGeneration = `INSERT INTO leases (job, holder, fence, expires_at) VALUES ('${job}', '', $1::bigint + 1, '9999-12-31')
  ON CONFLICT (job) DO UPDATE SET fence = leases.fence + 1 WHERE leases.fence = $1 RETURNING fence`;

// A look that takes longer is worth nothing: the lease would have run out meanwhile. `pg` reads it, its types do not know it.
const inTime = { query_timeout: 4000 };

export function createDenialRepository({ pool }: Database): DenialRepository {
  return {
    async findReasons(ids, now) {
      const text = 'SELECT jti, reason FROM revoked_tokens WHERE jti = ANY($1::text[]) AND expires_at > $2';
      const values = [ids, new Date(now.getTime() - denialGraceMs)];
      const { rows } = await pool.query<{ jti: string; reason: string }>({ name: 'denial_reasons', text, values });
      return Object.fromEntries(rows.map(({ jti, reason }) => [jti, reason]));
    },
    async find(ids) {
      const text = `SELECT ${columns} FROM revoked_tokens WHERE jti = ANY($1::text[])`;
      return (await pool.query<StoredDenial>({ name: 'denials_by_id', text, values: [ids] })).rows;
    },
    async listUnconfirmed(load, limit) {
      const statement = { name: 'denials_unconfirmed', text: list, values: [nameOf(load), limit], ...inTime };
      return (await pool.query<StoredDenial>(statement)).rows;
    },
    async confirm(denials, load) {
      const parts = [denials.map((d) => d.id), denials.map((d) => d.revokedAt), denials.map((d) => d.expiresAt)];
      await pool.query({ name: 'denials_confirm', text: confirm, values: [...parts, nameOf(load)] });
    },
    async areConfirmed(ids) {
      const text = 'SELECT 1 FROM revoked_tokens WHERE jti = ANY($1::text[]) AND confirmed_on IS NULL LIMIT 1';
      return (await pool.query({ name: 'denials_waiting', text, values: [ids] })).rowCount === 0;
    },
    async generation() {
      const { rows } = await pool.query<{ fence: string }>(`SELECT fence FROM leases WHERE job = '${job}'`);
      return Number(rows[0]?.fence ?? 0);
    },
    endGeneration: async (seen) => (await pool.query(endGeneration, [seen])).rowCount === 1,
  };
}

function nameOf({ serverId, generation }: Load): string {
  return `${serverId}/${generation}`;
}
