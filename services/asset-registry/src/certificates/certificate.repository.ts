import type { Database } from '@artdag/database/registry';

/** A claim with what proves it. */
export interface ClaimEvidence {
  activityId: string;
  /** As it was signed. */
  document: string;
  /** Null once it is erased. */
  salt: Buffer | null;
  /** Null until the sequencer has taken it. */
  entry: { index: number; leaf: string } | null;
}

/** A leaf of a key: its introduction, or its end. */
export interface KeyEvidence {
  status: 'primary' | 'retired' | 'compromised';
  document: string;
  entry: { index: number; leaf: string } | null;
}

/** A signed checkpoint, with its anchor where it has one. */
export interface CheckpointEvidence {
  size: number;
  /** The signed note. */
  note: string;
  /** Of the key that signed it. */
  vkey: string;
  anchor: { ots: Buffer; blockHeight: number | null; blockHeaders: Buffer | null } | null;
}

export interface CertificateRepository {
  findClaim(by: 'activity_id' | 'seq', value: string): Promise<ClaimEvidence | undefined>;
  /** The activity of an asset's registration, deleted or unlisted though it be. */
  findActivityOf(assetName: string): Promise<string | undefined>;
  keyLeaves(keyId: string): Promise<KeyEvidence[]>;
  /** The best that covers so many leaves: confirmed by a block, else given to calendars, else the newest. */
  findCheckpoint(minSize: number): Promise<CheckpointEvidence | undefined>;
}

interface EntryColumns {
  log_index: string | null;
  leaf: string | null;
}

const claimColumns = 'a.activity_id, a.document, s.salt, e.log_index, e.leaf';
const claimBy = {
  activity_id: {
    name: 'certificate_claim_by_id',
    text: `SELECT ${claimColumns} FROM activities a LEFT JOIN log_salts s USING (activity_id) LEFT JOIN log_entries e USING (activity_id)
           WHERE a.activity_id = $1`,
  },
  seq: {
    name: 'certificate_claim_by_seq',
    text: `SELECT ${claimColumns} FROM log_entries e JOIN activities a USING (activity_id) LEFT JOIN log_salts s USING (activity_id)
           WHERE e.seq = $1`,
  },
};

const activityOf = { name: 'certificate_activity_of', text: 'SELECT activity_id FROM assets WHERE name = $1' };

const keyLeaves = {
  name: 'certificate_key_leaves',
  text: `SELECT k.status, k.document, e.log_index, e.leaf FROM key_leaves k LEFT JOIN log_entries e USING (leaf_hash) WHERE k.key_id = $1`,
};

/* What is anchored is a checkpoint of the archive, so both kinds have their key there. */
const checkpoint = {
  name: 'certificate_checkpoint',
  text: `
SELECT c.size, coalesce(found.checkpoint, c.note) AS note, k.vkey, found.ots_proof, found.bitcoin_height, found.block_headers
FROM (
  (SELECT log_size AS size, checkpoint, ots_proof, bitcoin_height, block_headers, state = 'confirmed' AS is_confirmed FROM anchors
   WHERE log_size >= $1 AND ots_proof IS NOT NULL ORDER BY (state = 'confirmed') DESC, log_size LIMIT 1)
  UNION ALL
  (SELECT size, NULL, NULL, NULL, NULL, false FROM log_checkpoints WHERE size >= $1 ORDER BY size DESC LIMIT 1)
) AS found JOIN log_checkpoints c USING (size) JOIN log_keys k USING (key_id)
ORDER BY found.is_confirmed DESC, found.ots_proof IS NULL LIMIT 1`,
};

interface CheckpointRow {
  size: string;
  note: string;
  vkey: string;
  ots_proof: Buffer | null;
  bitcoin_height: string | null;
  block_headers: Buffer | null;
}

export function createCertificateRepository(database: Database): CertificateRepository {
  const { pool } = database;
  return {
    async findClaim(by, value) {
      type Row = EntryColumns & { activity_id: string; document: string; salt: Buffer | null };
      const [row] = (await pool.query<Row>({ ...claimBy[by], values: [value] })).rows;
      return row && { activityId: row.activity_id, document: row.document, salt: row.salt, entry: entryOf(row) };
    },
    async findActivityOf(assetName) {
      const found = await database.pgStatement<{ activity_id: string }>(
        { ...activityOf, values: [assetName] },
        { system: true },
      );
      return found.rows[0]?.activity_id;
    },
    async keyLeaves(keyId) {
      type Row = EntryColumns & Pick<KeyEvidence, 'status' | 'document'>;
      const { rows } = await pool.query<Row>({ ...keyLeaves, values: [keyId] });
      return rows.map((row) => ({ status: row.status, document: row.document, entry: entryOf(row) }));
    },
    async findCheckpoint(minSize) {
      const [row] = (await pool.query<CheckpointRow>({ ...checkpoint, values: [minSize] })).rows;
      if (row === undefined) return undefined;
      const { note, vkey, ots_proof: ots, block_headers: blockHeaders, bitcoin_height: height } = row;
      const anchor = ots && { ots, blockHeight: height === null ? null : Number(height), blockHeaders };
      return { size: Number(row.size), note, vkey, anchor };
    },
  };
}

function entryOf({ log_index: index, leaf }: EntryColumns): { index: number; leaf: string } | null {
  return index === null || leaf === null ? null : { index: Number(index), leaf };
}
