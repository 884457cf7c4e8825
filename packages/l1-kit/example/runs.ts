import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { L1User } from '@artdag/l1-kit';
import { contentHash, render, type Recipe } from './render.ts';

/** A run as L2 reads it (`GET /runs/{id}`). */
export interface RunDocument {
  run_id: string;
  status: 'pending' | 'running' | 'completed' | 'failed';
  recipe: Recipe;
  inputs: string[];
  output_name: string;
  output_hash: string | null;
  asset_type: 'image';
  username: string;
  actor_id: string;
  created_at: string;
  completed_at: string | null;
  infrastructure: { software: { name: string; content_hash: string }; hardware: { arch: string } };
}

export interface Runs {
  start(user: L1User, recipe: Recipe): RunDocument;
  find(runId: string): { document: RunDocument; output: Buffer } | undefined;
  listOf(user: L1User): RunDocument[];
}

/** The oldest goes first; this is an example, not an archive. */
const maxKept = 1000;

/** In this process only. Rendering takes no time, so a run is completed at once. */
export function createRuns(now: () => Date): Runs {
  const runs = new Map<string, { document: RunDocument; output: Buffer }>();
  const software = { name: 'l1-kit-example', content_hash: contentHash(readFileSync(import.meta.filename)) };
  return {
    start(user, recipe) {
      const output = render(recipe);
      const run_id = randomUUID();
      const time = now().toISOString();
      const document: RunDocument = {
        run_id,
        status: 'completed',
        recipe,
        inputs: [],
        output_name: `circles-${run_id}`,
        output_hash: contentHash(output),
        asset_type: 'image',
        username: user.username,
        actor_id: user.actorId,
        created_at: time,
        completed_at: time,
        infrastructure: { software, hardware: { arch: process.arch } },
      };
      runs.set(run_id, { document, output });
      const [oldest] = runs.keys();
      if (runs.size > maxKept && oldest !== undefined) runs.delete(oldest);
      return document;
    },
    find: (runId) => runs.get(runId),
    listOf: ({ actorId }) =>
      [...runs.values()].map(({ document }) => document).filter(({ actor_id }) => actor_id === actorId),
  };
}
