import { envelopePrefix } from '@artdag/envelope';
import type { Execute } from '@artdag/messaging';

/** The tables with envelopes of private keys; `key_id` is each envelope's context. */
export const sealedTables = ['actor_keys', 'waiting_keys'] as const;
export type SealedTable = (typeof sealedTables)[number];

export interface SealedKey {
  keyId: string;
  privateEnc: string;
}

/** Envelopes of private keys, as far as re-wrapping goes. */
export interface SealedKeysRepository {
  /**
   * The next envelopes, by key id, that another master key than this one sealed. Held until the end of the transaction; passes over those
   * that somebody else holds.
   */
  takeOthers(
    execute: Execute,
    o: { table: SealedTable; masterKeyId: string; after: string; limit: number },
  ): Promise<SealedKey[]>;
  /** Replaces each envelope that still is `from`; returns how many were. */
  replaceEach(
    execute: Execute,
    table: SealedTable,
    changes: readonly { keyId: string; from: string; to: string }[],
  ): Promise<number>;
  /** How many envelopes other master keys sealed, in all tables. */
  countOthers(execute: Execute, masterKeyId: string): Promise<number>;
}

export const sealedKeysRepository: SealedKeysRepository = { takeOthers, replaceEach, countOthers };

async function takeOthers(
  execute: Execute,
  o: { table: SealedTable; masterKeyId: string; after: string; limit: number },
): Promise<SealedKey[]> {
  const { rows } = await execute(
    `SELECT key_id AS "keyId", private_enc AS "privateEnc" FROM ${o.table}
     WHERE key_id > $1 AND private_enc IS NOT NULL AND NOT starts_with(private_enc, $2)
     ORDER BY key_id LIMIT $3 FOR UPDATE SKIP LOCKED`,
    [o.after, envelopePrefix(o.masterKeyId), o.limit],
  );
  return rows as unknown as SealedKey[];
}

async function replaceEach(
  execute: Execute,
  table: SealedTable,
  changes: readonly { keyId: string; from: string; to: string }[],
): Promise<number> {
  const column = (name: 'keyId' | 'from' | 'to'): string[] => changes.map((change) => change[name]);
  const { rowCount } = await execute(
    `UPDATE ${table} AS held SET private_enc = change.after
     FROM unnest($1::text[], $2::text[], $3::text[]) AS change (key_id, before, after)
     WHERE held.key_id = change.key_id AND held.private_enc = change.before`,
    [column('keyId'), column('from'), column('to')],
  );
  return rowCount;
}

async function countOthers(execute: Execute, masterKeyId: string): Promise<number> {
  const counts = sealedTables.map(
    (table) => `(SELECT count(*) FROM ${table} WHERE private_enc IS NOT NULL AND NOT starts_with(private_enc, $1))`,
  );
  const { rows } = await execute(`SELECT (${counts.join(' + ')})::int AS others`, [envelopePrefix(masterKeyId)]);
  return Number(rows[0]?.['others']);
}
