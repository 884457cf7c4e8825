import type { QueryConfig } from 'pg';
import type { ChangeItem } from './change.ts';

/**
 * What comes at the same time for one content waits here, registrations included (register.statement.ts): which asset speaks for a content,
 * and which is its last, changes for nobody else while a change is stored.
 */
export function lockContent(contentHash: string): QueryConfig {
  return {
    name: 'lock_content',
    text: 'SELECT FROM content_owners WHERE content_hash = $1 FOR UPDATE',
    values: [contentHash],
  };
}

type Column = [name: string, type: string, value: (item: ChangeItem) => unknown];

const columns: Column[] = [
  ['id', 'text', (i) => i.change.held.id],
  ['version', 'integer', (i) => i.change.version],
  ['speaks', 'boolean', (i) => i.change.held.speaks],
  ['last', 'boolean', (i) => i.change.held.last],
  ['owner', 'text', (i) => i.change.held.ownerActorId],
  ['content_hash', 'text', (i) => i.change.after.contentHash],
  ['tags', 'json', (i) => i.change.after.tagsJson],
  ['url', 'text', (i) => i.change.after.url],
  ['ipfs_cid', 'text', (i) => i.change.after.ipfsCid],
  ['description', 'text', (i) => i.change.after.description],
  ['metadata', 'jsonb', (i) => i.change.after.metadataJson],
  ['visibility', 'text', (i) => i.change.after.visibility],
  ['updated_at', 'timestamptz', (i) => i.change.after.updatedAt],
  ['at', 'timestamptz', (i) => i.change.fresh.at],
  ['activity_type', 'text', (i) => i.change.type],
  ['activity_id', 'uuid', (i) => i.change.fresh.activityId],
  ['ap_actor_id', 'text', (i) => i.change.claim.apActorId],
  ['document', 'text', (i) => i.change.claim.document],
  ['object', 'jsonb', (i) => i.change.claim.objectJson],
  ['proof', 'jsonb', (i) => i.change.claim.proofJson],
  ['salt', 'bytea', (i) => i.change.fresh.salt],
  ['leaf_hash', 'bytea', (i) => i.change.claim.leafHash],
  ['leaf', 'text', (i) => i.change.claim.leaf],
  ['event_id', 'text', (i) => i.change.fresh.eventId],
  ['event_type', 'text', (i) => (i.change.type === 'Update' ? 'asset-updated' : 'asset-deleted')],
  ['event', 'text', (i) => i.change.eventPayload],
  ['asker', 'text', (i) => i.kept?.request.actorId ?? null],
  ['idempotency_key', 'text', (i) => i.kept?.request.key ?? null],
  ['request_hash', 'text', (i) => i.kept?.request.requestHash ?? null],
  ['status', 'integer', (i) => i.kept?.status ?? null],
  ['answer', 'text', (i) => i.kept?.answer ?? null],
];

const othersOf = (before: string): string =>
  `NOT EXISTS (SELECT FROM assets other WHERE other.content_hash = held.content_hash AND other.deleted_at IS NULL AND ${before})`;

/** Two columns about the row `held` of `assets`. */
export const placeAmongOthers = {
  speaks: othersOf('(other.created_at, other.id) < (held.created_at, held.id)'),
  last: othersOf('other.id <> held.id'),
};

/* As in a registration, each step takes its rows from the one before: nothing follows for an asset that is another by now. */
const text = `
WITH item AS MATERIALIZED (SELECT ${columns.map(([name, type], i) => `$${i + 1}::${type} AS ${name}`).join(', ')}),
changed AS (
  UPDATE assets held SET tags = ARRAY (SELECT json_array_elements_text(item.tags)), url = item.url, ipfs_cid = item.ipfs_cid,
    description = item.description, metadata = item.metadata, visibility = item.visibility, version = item.version,
    updated_at = item.updated_at, deleted_at = CASE WHEN item.activity_type = 'Delete' THEN item.at END
  FROM item
  WHERE held.id = item.id AND held.version = item.version - 1 AND held.deleted_at IS NULL
    AND ${placeAmongOthers.speaks} = item.speaks AND ${placeAmongOthers.last} = item.last
  RETURNING held.id),
stored AS MATERIALIZED (SELECT item.* FROM changed JOIN item USING (id)),
activity AS (
  INSERT INTO activities (activity_id, activity_type, actor_id, ap_actor_id, document, object_data, content_hash, published, proof,
    asset_id, asset_version)
  SELECT activity_id, activity_type, owner, ap_actor_id, document, object, content_hash, at, proof, id, version FROM stored),
salt AS (INSERT INTO log_salts (activity_id, salt) SELECT activity_id, salt FROM stored),
pending AS (
  INSERT INTO log_pending (leaf_hash, leaf, activity_id, created_at) SELECT leaf_hash, leaf, activity_id, at FROM stored),
answer AS (
  INSERT INTO idempotency_keys (actor_id, key, request_hash, status, response, created_at, expires_at)
  SELECT asker, idempotency_key, request_hash, status, answer, at, at + interval '24 hours'
  FROM stored WHERE idempotency_key IS NOT NULL)
INSERT INTO outbox (id, type, routing_key, payload)
SELECT event_id, event_type, 'registry.' || event_type, event FROM stored
RETURNING id`;

export function changeStatement(item: ChangeItem): QueryConfig {
  return { name: 'change_asset', text, values: columns.map(([, , value]) => value(item)) };
}
