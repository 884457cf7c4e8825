import { randomInt } from 'node:crypto';
import { parseTlogProof, verifyTlogProof, parseVkey, type VerifierKey } from '@artdag/transparency-log';
import type pg from 'pg';
import { Pool } from 'undici';

const asText = { accept: 'text/plain' };

/** The log's keys, as it publishes them. */
export async function readKeys(origin: string): Promise<VerifierKey[]> {
  const response = await fetch(`${origin}/log/vkeys`);
  if (response.status !== 200) throw new Error(`/log/vkeys answered ${response.status}`);
  const { vkeys } = (await response.json()) as { vkeys: { vkey: string }[] };
  return vkeys.map(({ vkey }) => parseVkey(vkey));
}

/** Hashes of leaves anywhere in the log. */
export async function someLeafHashes(client: pg.Client, size: number, count: number): Promise<Buffer[]> {
  const indexes = Array.from({ length: count }, () => randomInt(size));
  const text = `SELECT leaf_hash FROM unnest($1::bigint[]) AS wanted(log_index) JOIN registry.log_entries USING (log_index)`;
  return (await client.query<{ leaf_hash: Buffer }>(text, [indexes])).rows.map((row) => row.leaf_hash);
}

/**
 * Asks for the inclusion proof of each leaf, one after the other, and gives how long each took, in milliseconds, sorted.
 *
 * @throws Error on a proof that does not verify, or is against another tree than the present one
 */
export async function timeProofs(
  origin: string,
  leafHashes: readonly Buffer[],
  keys: readonly VerifierKey[],
  size: number,
): Promise<number[]> {
  const pool = new Pool(origin, { connections: 1 });
  const times: number[] = [];
  try {
    for (const leafHash of leafHashes) {
      const started = performance.now();
      const path = `/log/proof/${leafHash.toString('hex')}`;
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers: asText });
      const text = await body.text();
      times.push(performance.now() - started);
      if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${text.slice(0, 300)}`);
      const checkpoint = verifyTlogProof(parseTlogProof(text), leafHash, keys);
      if (checkpoint.size !== size) throw new Error(`a proof is against ${checkpoint.size} leaves, not ${size}`);
    }
    return times.toSorted((a, b) => a - b);
  } finally {
    await pool.close();
  }
}

/** The value below which that share of the sorted ones is. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
