import type { OutboxRow } from '@artdag/messaging';

/** What is recorded with an asset that a run of an L1 has made. */
export interface MadeByRun {
  l1Server: string;
  runId: string;
  /** JSON of the run as it was understood. */
  documentJson: string;
  /** ISO-8601 UTC. */
  fetchedAt: string;
  /** What it was made from, without repetitions. */
  inputHashes: readonly string[];
  /** JSON of the provenance, which names the owner. */
  provenanceOf(username: string): string;
}

/** A run with what is known once its asset's claim is signed. */
export interface RecordedRun extends MadeByRun {
  /** The row of `run-recorded`. */
  event: OutboxRow;
}
