import type { Urls } from '../../urls.ts';
import type { MadeByRun } from '../made-by-run.ts';
import type { FetchedRun, Run } from './l1-runs.ts';

const contentHash = /^(?:sha3-256:)?([0-9a-f]{64})$/;

/** What is recorded of a finished run (art-dag-l2.md §7.3). */
export function madeByRun(urls: Urls, runId: string, { l1Server, run, fetchedAt }: FetchedRun): MadeByRun {
  const { host } = new URL(urls.publicUrl);
  return {
    l1Server,
    runId,
    documentJson: JSON.stringify(run),
    fetchedAt,
    inputHashes: inputHashes(run),
    provenanceOf: (username) =>
      JSON.stringify({
        type: 'l1-run',
        l1_server: l1Server,
        run_id: runId,
        recipe: run.recipe ?? null,
        inputs: run.inputs,
        output_hash: run.output_hash,
        ipfs_cid: run.ipfs_cid,
        provenance_cid: run.provenance_cid,
        rendered_at: run.completed_at,
        rendered_by: `@${username}@${host}`,
        effects: run.effects,
        infrastructure: run.infrastructure,
        fetched_at: fetchedAt,
      }),
  };
}

/** The contents among a run's inputs: a hash, or an object that has one. What has none is no content that anybody can register. */
export function inputHashes({ inputs }: Pick<Run, 'inputs'>): string[] {
  const hashes = inputs.map((input) => {
    const text = typeof input === 'object' && input !== null ? hashMember(input) : input;
    return typeof text === 'string' ? contentHash.exec(text)?.[1] : undefined;
  });
  return [...new Set(hashes.filter((hash) => hash !== undefined))];
}

function hashMember(input: object): unknown {
  const name = ['content_hash', 'hash'].find((member) => Object.hasOwn(input, member));
  return name === undefined ? undefined : (input as Record<string, unknown>)[name];
}
