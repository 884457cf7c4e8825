import type { Execute } from '@artdag/messaging';
import { formatTlogProof } from '@artdag/transparency-log';
import { index as indexForm, uuid } from '../activities/get-activity.ts';
import { notFound } from '../http/answers.ts';
import { anchorDetailView } from './anchor-view.ts';
import type { AnchorReaderDeps } from './list-anchors.ts';
import type { AnchoredLog } from './signed-checkpoint.ts';

/** An activity's leaf; without an index while it waits for the sequencer. */
export interface LeafOfActivity {
  activity_id: string;
  log_index: string | null;
  leaf: string | null;
  leaf_hash: Buffer | null;
}

export interface LeafFinder {
  find(by: 'activity_id' | 'seq', value: string): Promise<LeafOfActivity | undefined>;
}

export interface ActivityAnchorDeps {
  leaves: LeafFinder;
  reader: AnchorReaderDeps;
  log: Pick<AnchoredLog, 'inclusionProof'>;
}

const byId = `
SELECT a.activity_id, e.log_index, e.leaf, e.leaf_hash FROM activities a LEFT JOIN log_entries e USING (activity_id) WHERE a.activity_id = $1`;
const bySeq = 'SELECT activity_id, log_index, leaf, leaf_hash FROM log_entries WHERE seq = $1';

export function createLeafFinder(execute: Execute): LeafFinder {
  return {
    async find(by, value) {
      const { rows } = await execute(by === 'seq' ? bySeq : byId, [value]);
      return rows[0] as unknown as LeafOfActivity | undefined;
    },
  };
}

/**
 * Where an activity stands: in the log, under which anchor, and the proof that its leaf is in the tree that is anchored.
 *
 * @param ref UUID, or index in publication order
 * @throws AppError 404
 */
export async function getActivityAnchor({ leaves, reader, log }: ActivityAnchorDeps, ref: string) {
  const leaf = await findLeaf(leaves, ref);
  if (leaf === undefined) throw notFound('activity');
  const { activity_id: activityId, log_index: logIndex } = leaf;
  const unlogged = { activity_id: activityId, log_index: null, leaf: null, leaf_hash: null };
  if (logIndex === null || leaf.leaf_hash === null)
    return { ...unlogged, state: 'not_logged', anchor: null, inclusion: null };
  const index = Number(logIndex);
  const logged = {
    activity_id: activityId,
    log_index: index,
    leaf: leaf.leaf,
    leaf_hash: leaf.leaf_hash.toString('hex'),
  };
  const anchor = await reader.anchors.findCovering(index);
  if (anchor === undefined) return { ...logged, state: 'not_anchored', anchor: null, inclusion: null };
  const hashes = await log.inclusionProof(index, Number(anchor.log_size));
  const calls = await reader.anchors.callsOf([anchor.merkle_root]);
  return {
    ...logged,
    state: anchor.state,
    anchor: anchorDetailView(anchor, calls, reader.view),
    inclusion: {
      tree_size: Number(anchor.log_size),
      root: anchor.merkle_root,
      hashes: hashes.map((hash) => Buffer.from(hash).toString('hex')),
      tlog_proof: formatTlogProof({ index, hashes, checkpoint: anchor.checkpoint }),
    },
  };
}

async function findLeaf(leaves: LeafFinder, ref: string): Promise<LeafOfActivity | undefined> {
  if (uuid.test(ref)) return await leaves.find('activity_id', ref);
  return indexForm.test(ref) ? await leaves.find('seq', ref) : undefined;
}
