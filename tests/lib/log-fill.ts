import { createHash, randomUUID } from 'node:crypto';
import { composeLeaf, leafHash } from '@artdag/claims';
import type pg from 'pg';

/** A leaf that waits for the sequencer, as a registration leaves it. */
export interface PendingLeaf {
  activityId: string;
  leaf: string;
  /** 32 bytes. */
  hash: Buffer;
}

const sha = (algorithm: string): string => createHash(algorithm).update(randomUUID()).digest('hex');

export function newLeaf(publicUrl: string): PendingLeaf {
  const activityId = randomUUID();
  const leaf = composeLeaf({
    type: 'Create',
    actor: `${publicUrl}/users/filler`,
    activity: `${publicUrl}/activities/${activityId}`,
    contentHash: sha('sha3-256'),
    published: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    commitment: `sha256:${sha('sha256')}`,
  });
  return { activityId, leaf, hash: leafHash(leaf) };
}

/** Puts leaves into the sequencer's queue, past the service. */
export async function queueLeaves(
  client: pg.ClientBase,
  leaves: readonly PendingLeaf[],
  madeAt = new Date(),
): Promise<void> {
  await client.query(
    `INSERT INTO registry.log_pending (leaf_hash, leaf, activity_id, created_at)
     SELECT hash, leaf, id, $4 FROM unnest($1::bytea[], $2::text[], $3::uuid[]) AS given(hash, leaf, id)`,
    [
      leaves.map(({ hash }) => hash),
      leaves.map(({ leaf }) => leaf),
      leaves.map(({ activityId }) => activityId),
      madeAt,
    ],
  );
}
