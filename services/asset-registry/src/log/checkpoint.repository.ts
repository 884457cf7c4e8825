import type { Database } from '@artdag/database/registry';
import type { CheckpointStore, SignedCheckpoint } from './checkpoints.ts';
import type { LogKey } from './log-key.ts';

const unsigned = {
  name: 'find_unsigned_checkpoint',
  text: `
SELECT s.tiled_size AS size, s.root, c.size AS last_size, c.root AS last_root FROM log_state s
LEFT JOIN LATERAL (SELECT size, root FROM log_checkpoints ORDER BY size DESC LIMIT 1) c ON true
WHERE s.tiled_size > coalesce(c.size, 0)`,
};

const store = {
  name: 'store_checkpoint',
  text: `
WITH signer AS (
  INSERT INTO log_keys (key_id, vkey, status, from_size) VALUES ($4, $5, 'primary', $1)
  ON CONFLICT (key_id) DO UPDATE SET status = 'primary', from_size = least(log_keys.from_size, excluded.from_size)
  WHERE log_keys.status <> 'primary' OR log_keys.from_size > excluded.from_size),
others AS (
  UPDATE log_keys SET status = given.status FROM unnest($6::text[], $7::text[]) AS given(key_id, status)
  WHERE log_keys.key_id = given.key_id AND log_keys.status <> given.status AND given.key_id <> $4)
INSERT INTO log_checkpoints (size, root, note, key_id) VALUES ($1, $2, $3, $4) ON CONFLICT (size) DO NOTHING`,
};

const columns = 'size, root, note, key_id, signed_at';
const latest = { name: 'latest_checkpoint', text: `SELECT ${columns} FROM log_checkpoints ORDER BY size DESC LIMIT 1` };
const bySize = { name: 'checkpoint_by_size', text: `SELECT ${columns} FROM log_checkpoints WHERE size = $1` };
const afterSize = {
  name: 'checkpoints_after',
  text: `SELECT ${columns} FROM log_checkpoints WHERE size > $1 ORDER BY size LIMIT $2`,
};
const usedKeys = {
  name: 'log_keys',
  text: 'SELECT key_id, vkey, status, from_size FROM log_keys ORDER BY from_size, key_id',
};

interface Row {
  size: string;
  root: Buffer;
  note: string;
  key_id: string;
  signed_at: Date;
}

interface UnsignedRow {
  size: string;
  root: Buffer;
  last_size: string | null;
  last_root: Buffer | null;
}

export function createCheckpointRepository({ pool }: Database): CheckpointStore {
  const find = async (statement: { name: string; text: string }, values: unknown[] = []) =>
    (await pool.query<Row>({ ...statement, values })).rows.map(toCheckpoint);
  return {
    async findUnsigned() {
      const [row] = (await pool.query<UnsignedRow>(unsigned)).rows;
      if (row === undefined) return undefined;
      const { last_size: size, last_root: root } = row;
      return {
        head: { size: Number(row.size), root: row.root },
        last: size === null || root === null ? undefined : { size: Number(size), root },
      };
    },
    async store({ size, root, note }, { primary, all }) {
      const others = [all.map(({ keyId }) => keyId), all.map(({ status }) => status)];
      await pool.query({ ...store, values: [size, root, note, primary.keyId, primary.vkey, ...others] });
    },
    findLatest: async () => (await find(latest))[0],
    find: async (size) => (await find(bySize, [size]))[0],
    list: (after, limit) => find(afterSize, [after, limit]),
    async listKeys() {
      type KeyRow = { key_id: string; vkey: string; status: LogKey['status']; from_size: string };
      const { rows } = await pool.query<KeyRow>(usedKeys);
      return rows.map(({ key_id: keyId, vkey, status, from_size }) => ({
        keyId,
        vkey,
        status,
        fromSize: Number(from_size),
      }));
    },
  };
}

function toCheckpoint({ size, root, note, key_id: keyId, signed_at: signedAt }: Row): SignedCheckpoint {
  return { size: Number(size), root, note, keyId, signedAt };
}
