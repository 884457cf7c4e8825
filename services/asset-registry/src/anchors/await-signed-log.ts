import type { Execute } from '@artdag/messaging';
import type { AnchoredLog } from './signed-checkpoint.ts';

export interface AwaitSignedLogDeps {
  log: Pick<AnchoredLog, 'latestSigned' | 'hurry'>;
  execute: Execute;
  sleep: (ms: number) => Promise<void>;
}

const allLeaves = 'SELECT tree_size + (SELECT count(*) FROM log_pending) AS size FROM log_state';
const tries = 20;
const pauseMs = 100;

/**
 * Waits until a checkpoint is signed that holds every leaf there is now, so that who registers and then anchors has anchored what was registered.
 * After two seconds it is left at what is signed.
 */
export async function awaitSignedLog({ log, execute, sleep }: AwaitSignedLogDeps): Promise<void> {
  const { rows } = await execute(allLeaves, []);
  const size = Number(rows[0]?.['size'] ?? 0);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (((await log.latestSigned())?.size ?? 0) >= size) return;
    log.hurry();
    await sleep(pauseMs);
  }
}
