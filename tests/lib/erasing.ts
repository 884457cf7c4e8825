import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { eventually } from '@artdag/testing';
import pg from 'pg';
import { dumpDatabase, findSecrets } from './dump.ts';
import { newContentHash } from './api-client.ts';
import { root } from './scripts.ts';

/** An asset's body with a word of its own wherever a person may write one, and those words by their places. */
export interface MarkedAsset {
  body: Record<string, unknown> & { name: string; content_hash: string };
  marks: Map<string, string>;
}

export function markedAsset(what: string): MarkedAsset {
  const marks = new Map<string, string>();
  const mark = (place: string): string => {
    const word = `mark${randomBytes(8).toString('hex')}`;
    marks.set(`${what}: ${place}`, word);
    return word;
  };
  const body = {
    ...{ name: mark('name'), content_hash: newContentHash(), asset_type: 'video', description: mark('description') },
    tags: [mark('first tag'), mark('second tag')],
    metadata: {
      [mark('metadata key')]: mark('metadata value'),
      deep: [{ [mark('deeper key')]: mark('deeper value') }],
    },
    url: `https://example.com/${mark('url')}`,
    ipfs_cid: mark('cid'),
    origin: { type: 'external', url: `https://example.com/${mark('origin url')}`, note: mark('origin note') },
  };
  return { body, marks };
}

/** Another version of the same asset, for PATCH, with words of its own. */
export function markedPatch(what: string): Omit<MarkedAsset, 'body'> & { body: Record<string, unknown> } {
  const { body, marks } = markedAsset(what);
  const { description, tags, metadata, url, ipfs_cid } = body;
  const left = [...marks].filter(([place]) => !/name$|origin/.test(place));
  return { body: { description, tags, metadata, url, ipfs_cid }, marks: new Map(left) };
}

/** `artdag-admin` on this machine's standalone suite. */
export function runAdmin(dataFolder: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const script = join(root, 'packages', 'admin-cli', 'dist', 'main.js');
  const env = { PATH: process.env['PATH'], ARTDAG_DATA: dataFolder };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

/** The places whose words a database still has somewhere, in any writing. */
export async function placesFound(databaseUrl: string, marks: ReadonlyMap<string, string>): Promise<string[]> {
  return findSecrets((await dumpDatabase(databaseUrl)).text, marks);
}

/** Resolves when all erasures are through, without waiting for what is done once more after some minutes. */
export async function erasuresFinished(databaseUrl: string, timeoutMs = 120_000): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await eventually(
      async () => {
        await client.query(`UPDATE registry.erasures SET next_at = least(next_at, now() - interval '1 hour')`);
        const { rows } = await client.query(
          'SELECT subject FROM registry.erasures UNION ALL SELECT id FROM federation.erasures',
        );
        expect(rows).toEqual([]);
      },
      { timeoutMs, everyMs: 100 },
    );
  } finally {
    await client.end();
  }
}
