import type { Execute } from '@artdag/messaging';
import type { RevokedKey } from '../public-keys/mark-revoked.ts';

/** Whoever ends something confirms it at once, as a rule: the sweeper looks at what is older than this. */
const confirmedByNowMs = 3000;

export function sweepableBefore(now: Date): Date {
  return new Date(now.getTime() - confirmedByNowMs);
}

/** A key that is revoked here and may still be accepted elsewhere. */
export interface UnconfirmedKey extends RevokedKey {
  reason: string;
}

/** An identity that has ended here and may still be accepted elsewhere. */
export interface UnconfirmedEnd {
  identityId: string;
  /** Null for an organisation. */
  actorId: string | null;
  handle: string;
  reason: string;
}

/** Statements that any number of replicas may run at once: each finds what is left to do, and doing it twice changes nothing. */
export interface SweepRepository {
  /** Keys revoked before `before` that auth has not confirmed. */
  unconfirmedKeys(execute: Execute, before: Date): Promise<UnconfirmedKey[]>;
  /** Agents and organisations that ended before `before` and are not confirmed; people end in auth, which needs no telling. */
  unconfirmedEnds(execute: Execute, before: Date): Promise<UnconfirmedEnd[]>;
  countUnconfirmed(execute: Execute): Promise<{ keys: number; ends: number }>;
  /** Agents whose time is over by `now` and that have not ended. */
  expiredAgents(execute: Execute, now: Date): Promise<string[]>;
  /** Deletes rows that have expired by the database's clock, a bounded number; tells whether there may be more. */
  prune(execute: Execute, table: 'msign_seen' | 'auth_challenges'): Promise<boolean>;
}

export const sweepRepository: SweepRepository = {
  unconfirmedKeys,
  unconfirmedEnds,
  countUnconfirmed,
  expiredAgents,
  prune,
};

const batch = 100;
const pruneBatch = 2000;

async function unconfirmedKeys(execute: Execute, before: Date): Promise<UnconfirmedKey[]> {
  const { rows } = await execute(
    `SELECT k.id AS "keyId", k.fingerprint, i.actor_id AS "actorId", i.handle, coalesce(k.revoke_reason, 'revoked') AS reason
     FROM auth_keys k JOIN identities i ON i.id = k.identity_id
     WHERE k.revoked_at IS NOT NULL AND k.revocation_confirmed_at IS NULL AND k.revoked_at < $1
     ORDER BY k.revoked_at LIMIT ${batch}`,
    [before],
  );
  return rows as unknown as UnconfirmedKey[];
}

async function unconfirmedEnds(execute: Execute, before: Date): Promise<UnconfirmedEnd[]> {
  const { rows } = await execute(
    `SELECT id AS "identityId", actor_id AS "actorId", handle, coalesce(end_reason, 'deleted') AS reason
     FROM identities
     WHERE deleted_at IS NOT NULL AND end_confirmed_at IS NULL AND identity_type <> 'human' AND deleted_at < $1
     ORDER BY deleted_at LIMIT ${batch}`,
    [before],
  );
  return rows as unknown as UnconfirmedEnd[];
}

async function countUnconfirmed(execute: Execute): Promise<{ keys: number; ends: number }> {
  const { rows } = await execute(
    `SELECT (SELECT count(*)::int FROM auth_keys WHERE revoked_at IS NOT NULL AND revocation_confirmed_at IS NULL) AS keys,
            (SELECT count(*)::int FROM identities
             WHERE deleted_at IS NOT NULL AND end_confirmed_at IS NULL AND identity_type <> 'human') AS ends`,
    [],
  );
  return { keys: Number(rows[0]?.['keys']), ends: Number(rows[0]?.['ends']) };
}

async function expiredAgents(execute: Execute, now: Date): Promise<string[]> {
  const { rows } = await execute(
    `SELECT id FROM identities WHERE identity_type = 'agent' AND deleted_at IS NULL AND expires_at <= $1
     ORDER BY expires_at LIMIT ${batch}`,
    [now],
  );
  return rows.map(({ id }) => String(id));
}

const primaryKeys = { msign_seen: 'hash', auth_challenges: 'nonce_hash' } as const;

async function prune(execute: Execute, table: 'msign_seen' | 'auth_challenges'): Promise<boolean> {
  const id = primaryKeys[table];
  const { rowCount } = await execute(
    `DELETE FROM ${table} WHERE ${id} IN (
       SELECT ${id} FROM ${table} WHERE expires_at < now() ORDER BY expires_at LIMIT ${pruneBatch} FOR UPDATE SKIP LOCKED
     )`,
    [],
  );
  return rowCount === pruneBatch;
}
