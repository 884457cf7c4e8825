import type { Database } from '@artdag/database/auth';
import { executeWithPg, type Execute } from '@artdag/messaging';
import { appendAudit, type AuditEntry } from '../audit/audit.ts';

export type KeyStatus = 'next' | 'primary' | 'verify' | 'retired';

/** A token key as stored. */
export interface StoredKey {
  kid: string;
  status: KeyStatus;
  privateEnc: string;
  createdAt: Date;
  /** When a `next` key may begin to sign; null for one that was the first. */
  activatesAt: Date | null;
  /** When a `verify` key ends. */
  notAfter: Date | null;
}

export interface NewKey {
  kid: string;
  publicJwk: { [member: string]: string };
  privateEnc: string;
}

/** What may be done while no other replica changes the ring. */
export interface LockedRing {
  keys: readonly StoredKey[];
  /** Adds the key, or gives the row of that id this status. */
  put(key: NewKey, status: 'next' | 'primary', activatesAt: Date | null): Promise<void>;
  setStatus(kid: string, status: KeyStatus, notAfter: Date | null): Promise<void>;
  reseal(kid: string, privateEnc: string): Promise<void>;
  audit(entry: AuditEntry): Promise<void>;
}

export interface SigningKeyRepository {
  /** All token keys, the retired among them, oldest first. */
  list(): Promise<StoredKey[]>;
  /** One replica at a time, in one transaction. */
  change<T>(work: (ring: LockedRing) => Promise<T>): Promise<T>;
}

/** Any number that no other lock of this database has. */
const ringLock = 0x6172_7472;

const select = `SELECT kid, status, private_enc AS "privateEnc", created_at AS "createdAt", activates_at AS "activatesAt",
    not_after AS "notAfter"
  FROM signing_keys WHERE use = 'token' AND private_enc IS NOT NULL ORDER BY created_at, kid`;

const upsert = `INSERT INTO signing_keys (kid, use, status, public_jwk, private_enc, activates_at, updated_at)
  VALUES ($1, 'token', $2, $3::jsonb, $4, $5::timestamptz, now())
  ON CONFLICT (kid) DO UPDATE SET status = excluded.status, private_enc = excluded.private_enc,
    activates_at = excluded.activates_at, not_after = NULL, updated_at = now()
  WHERE signing_keys.use = 'token'`;

export function createSigningKeyRepository(database: Database): SigningKeyRepository {
  return {
    list: () => listKeys(executeWithPg(database.pool)),
    change: (work) =>
      database.pgTransaction(async (client) => {
        const execute = executeWithPg(client);
        await execute('SELECT pg_advisory_xact_lock($1::bigint)::text', [ringLock]);
        return await work(lockedRing(execute, await listKeys(execute)));
      }),
  };
}

function lockedRing(execute: Execute, keys: readonly StoredKey[]): LockedRing {
  return {
    keys,
    async put({ kid, publicJwk, privateEnc }, status, activatesAt) {
      await execute(upsert, [kid, status, JSON.stringify(publicJwk), privateEnc, activatesAt]);
    },
    async setStatus(kid, status, notAfter) {
      const text = `UPDATE signing_keys SET status = $2, not_after = $3::timestamptz, updated_at = now()
        WHERE kid = $1 AND use = 'token'`;
      await execute(text, [kid, status, notAfter]);
    },
    async reseal(kid, privateEnc) {
      await execute(`UPDATE signing_keys SET private_enc = $2, updated_at = now() WHERE kid = $1`, [kid, privateEnc]);
    },
    audit: (entry) => appendAudit(execute, entry),
  };
}

async function listKeys(execute: Execute): Promise<StoredKey[]> {
  return (await execute(select, [])).rows as unknown as StoredKey[];
}
