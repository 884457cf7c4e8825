import type { CheckpointReader, SignedCheckpoint } from './checkpoints.ts';
import type { LogReader } from './log-reader.ts';
import { notInLog } from './not-in-log.ts';

export interface GetProofDeps {
  log: Pick<LogReader, 'findEntry' | 'inclusionProof'>;
  checkpoints: Pick<CheckpointReader, 'find' | 'findLatest'>;
}

/** That a leaf stands in the tree of a signed checkpoint. */
export interface LeafProof {
  index: number;
  leaf: string;
  /** From the leaf's sibling up. */
  hashes: Buffer[];
  checkpoint: SignedCheckpoint;
}

/**
 * The inclusion proof of a leaf, in the newest signed checkpoint or in the archived one of a given size.
 *
 * @throws AppError 404
 */
export async function getProof(deps: GetProofDeps, leafHash: Buffer, size?: number): Promise<LeafProof> {
  const [checkpoint, entry] = await Promise.all([
    size === undefined ? deps.checkpoints.findLatest() : deps.checkpoints.find(size),
    deps.log.findEntry(leafHash),
  ]);
  if (checkpoint === undefined && size !== undefined) throw notInLog('There is no signed checkpoint of that size.');
  if (checkpoint === undefined || entry === undefined || entry.index >= checkpoint.size) {
    throw notInLog('The signed checkpoint covers no such leaf.');
  }
  return { ...entry, hashes: await deps.log.inclusionProof(entry.index, checkpoint.size), checkpoint };
}
