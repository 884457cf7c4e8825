import { envelopePrefix } from '@artdag/envelope';
import type { Execute } from '@artdag/messaging';

export interface SealedStorage {
  id: string;
  config_enc: string;
}

/** The envelopes of providers' configs, as far as re-wrapping goes. Row-level security: for the system. */
export interface SealedStorageRepository {
  /**
   * The next ones, by id, that another master key than this one sealed. Held until the end of the transaction; passes over those that
   * somebody else holds.
   */
  takeOthers(execute: Execute, o: { masterKeyId: string; after: string; limit: number }): Promise<SealedStorage[]>;
  replaceEach(execute: Execute, changes: readonly SealedStorage[]): Promise<number>;
  countOthers(execute: Execute, masterKeyId: string): Promise<number>;
}

export const sealedStorageRepository: SealedStorageRepository = {
  async takeOthers(execute, { masterKeyId, after, limit }) {
    const { rows } = await execute(
      `SELECT id, config_enc FROM user_storage WHERE id > $1 AND NOT starts_with(config_enc, $2)
       ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED`,
      [after, envelopePrefix(masterKeyId), limit],
    );
    return rows as unknown as SealedStorage[];
  },
  async replaceEach(execute, changes) {
    const { rowCount } = await execute(
      `UPDATE user_storage AS held SET config_enc = change.config_enc
       FROM unnest($1::text[], $2::text[]) AS change (id, config_enc) WHERE held.id = change.id`,
      [changes.map(({ id }) => id), changes.map(({ config_enc: sealed }) => sealed)],
    );
    return rowCount;
  },
  async countOthers(execute, masterKeyId) {
    const text = 'SELECT count(*)::int AS others FROM user_storage WHERE NOT starts_with(config_enc, $1)';
    const { rows } = await execute(text, [envelopePrefix(masterKeyId)]);
    return Number(rows[0]?.['others']);
  },
};
