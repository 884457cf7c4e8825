import { createHash, randomUUID } from 'node:crypto';
import { leafHash } from '@artdag/claims';
import {
  decodeEntryBundle,
  openCheckpoint,
  parseVkey,
  tilePath,
  widthInTree,
  type Checkpoint,
  type Tile,
  type VerifierKey,
} from '@artdag/transparency-log';
import type { PoolClient } from 'pg';
import supertest from 'supertest';

/** Puts leaves into the queue, each an activity's, in the order given. */
export async function addLeaves(client: Pick<PoolClient, 'query'>, leaves: readonly string[]): Promise<void> {
  const columns = [leaves.map((leaf) => leafHash(leaf)), leaves, leaves.map(() => randomUUID())];
  await client.query(
    `INSERT INTO log_pending (leaf_hash, leaf, activity_id, created_at)
     SELECT h, l, a, clock_timestamp() FROM unnest($1::bytea[], $2::text[], $3::uuid[]) AS t(h, l, a)`,
    columns,
  );
}

/** So many leaves that are nobody else's. */
export const newLeaves = (count: number): string[] => Array.from({ length: count }, () => `{"leaf":"${randomUUID()}"}`);

/** Reads a log by its public routes only, as an auditor does. */
export function createLogClient(url: string) {
  const bytes = async (path: string): Promise<Buffer> => {
    const answer = await fetch(new URL(path, url));
    if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  };
  const tile = (each: Tile): Promise<Buffer> => bytes(`/log/tile/${tilePath(each)}`);
  return {
    async checkpoint(): Promise<string | undefined> {
      const answer = await supertest(url).get('/log/checkpoint');
      return answer.status === 200 ? answer.text : undefined;
    },
    async keys(): Promise<VerifierKey[]> {
      const { body } = await supertest(url).get('/log/vkeys').expect(200);
      return (body as { vkeys: { vkey: string }[] }).vkeys.map(({ vkey }) => parseVkey(vkey));
    },
    async open(note: string): Promise<Checkpoint> {
      return openCheckpoint(note, await this.keys());
    },
    tile,
    readTiles: (tiles: readonly Tile[]) => Promise.all(tiles.map(tile)),
    /** Every entry of a tree of that size, by its bundles. */
    async entries(size: number): Promise<string[]> {
      const entries: string[] = [];
      for (let index = 0; entries.length < size; index += 1) {
        const bundle = await tile({ level: 'entries', index, width: widthInTree('entries', index, size) });
        entries.push(...decodeEntryBundle(bundle).map(String));
      }
      return entries;
    },
    /** Every archived checkpoint, in the order of their sizes. */
    async archive(): Promise<string[]> {
      const notes: string[] = [];
      for (let next: string | null = '/log/checkpoints?limit=7'; next !== null;) {
        const answer = await supertest(url).get(next).expect(200);
        const page = answer.body as { checkpoints: { checkpoint: string }[]; next: string | null };
        notes.push(...page.checkpoints.map(({ checkpoint }) => checkpoint));
        next = page.next;
      }
      return notes;
    },
  };
}

/** Root of RFC 6962 §2.1, by its recursive definition and with nothing of ours. */
export function naiveRoot(leaves: readonly string[]): Buffer {
  const sha256 = (...parts: (Buffer | string)[]): Buffer => {
    const digest = createHash('sha256');
    for (const part of parts) digest.update(part);
    return digest.digest();
  };
  const rootOf = (hashes: Buffer[]): Buffer => {
    const [only] = hashes;
    if (only === undefined) return sha256();
    if (hashes.length === 1) return only;
    let k = 1;
    while (k * 2 < hashes.length) k *= 2;
    return sha256(Buffer.of(1), rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k)));
  };
  return rootOf(leaves.map((leaf) => sha256(Buffer.of(0), leaf)));
}
