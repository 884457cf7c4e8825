import type { QueryConfig } from 'pg';
import { binaryArray } from '../batching/binary-array.ts';
import type { ErasedNames } from '../erasure/erased-names.ts';
import type { IdempotentRequest } from './idempotency.ts';
import { registrationAnswer, type Registration } from './registration.ts';

/** One registration and, when its sender may repeat it, under which key. */
export interface RegistrationItem {
  registration: Registration;
  idempotent: IdempotentRequest | undefined;
}

type Value = (item: RegistrationItem, names: ErasedNames) => string | Buffer | null;
type Column = [name: string, type: 'text' | 'bytea', value: Value];

const columns: Column[] = [
  ['actor_id', 'text', (i) => i.registration.registrant.actorId],
  ['content_hash', 'text', (i) => i.registration.asset.content_hash],
  ['at', 'text', (i) => i.registration.fresh.at],
  ['asset_id', 'text', (i) => i.registration.fresh.assetId],
  ['name', 'text', (i) => i.registration.asset.name],
  ['name_digest', 'bytea', (i, names) => names.digestOf(i.registration.asset.name)],
  ['username', 'text', (i) => i.registration.claim.username],
  ['asset_type', 'text', (i) => i.registration.asset.asset_type],
  ['tags', 'text', (i) => arrayLiteral(i.registration.asset.tags)],
  ['url', 'text', (i) => i.registration.asset.url],
  ['ipfs_cid', 'text', (i) => i.registration.asset.ipfs_cid],
  ['description', 'text', (i) => i.registration.asset.description],
  ['metadata', 'text', (i) => i.registration.metadataJson],
  ['origin', 'text', (i) => i.registration.originJson],
  ['visibility', 'text', (i) => i.registration.asset.visibility],
  ['activity_id', 'text', (i) => i.registration.fresh.activityId],
  ['org_id', 'text', (i) => i.registration.registrant.orgId],
  ['ap_actor_id', 'text', (i) => i.registration.claim.apActorId],
  ['document', 'text', (i) => i.registration.claim.document],
  ['object', 'text', (i) => i.registration.claim.objectJson],
  ['proof', 'text', (i) => i.registration.claim.proofJson],
  ['salt', 'bytea', (i) => i.registration.fresh.salt],
  ['leaf_hash', 'bytea', (i) => i.registration.claim.leafHash],
  ['leaf', 'text', (i) => i.registration.claim.leaf],
  ['event_id', 'text', (i) => i.registration.fresh.eventId],
  ['event', 'text', (i) => i.registration.eventPayload],
  ['idempotency_key', 'text', (i) => i.idempotent?.key ?? null],
  ['request_hash', 'text', (i) => i.idempotent?.requestHash ?? null],
  ['answer', 'text', (i) => (i.idempotent === undefined ? null : registrationAnswer(i.registration))],
];

/** Further columns of what a run has made. */
const runColumns: Column[] = [
  ['provenance', 'text', (i) => i.registration.provenanceJson],
  ['l1_server', 'text', (i) => i.registration.run?.l1Server ?? null],
  ['run_id', 'text', (i) => i.registration.run?.runId ?? null],
  ['run_document', 'text', (i) => i.registration.run?.documentJson ?? null],
  ['fetched_at', 'text', (i) => i.registration.run?.fetchedAt ?? null],
  ['inputs', 'text', (i) => arrayLiteral(i.registration.run?.inputHashes ?? [])],
  ['run_event_id', 'text', (i) => i.registration.run?.event.id ?? null],
  ['run_event', 'text', (i) => i.registration.run?.event.payload ?? null],
];

const placeholderOf = (wanted: string): string => `$${columns.findIndex(([name]) => name === wanted) + 1}`;

// A scalar subquery is looked up by index row for row. NOT EXISTS becomes a join, which a plan kept from the days of a small
// table would make by reading all of it.
const whereNameIsFree = 'AND (SELECT assets.id FROM assets WHERE assets.name = item.name) IS NULL';

interface StatementForm {
  columns: readonly Column[];
  onlyFreeNames?: boolean;
  /** Further steps, each with its comma; they have the run's columns. */
  run?: string;
}

const runSteps = `
run AS (
  INSERT INTO runs (l1_server, run_id, output_name, asset_id, document, fetched_at)
  SELECT l1_server, run_id, name, asset_id, run_document::jsonb, fetched_at::timestamptz FROM stored),
input AS (
  INSERT INTO run_inputs (asset_id, content_hash, position)
  SELECT asset_id, i.hash, i.place
  FROM stored, unnest(stored.inputs::text[]) WITH ORDINALITY AS i (hash, place)),
recorded AS (
  INSERT INTO outbox (id, type, routing_key, payload)
  SELECT run_event_id, 'run-recorded', 'registry.run-recorded', run_event FROM stored),`;

/*
 * One statement is one transaction: asset, first owner of the content, signed activity, salt, pending leaf, event and stored
 * answer come together or not at all. It takes any number of registrations, since those that come at the same time share
 * it: in a batch of sixteen each costs PostgreSQL 150 µs of CPU, alone 390.
 *
 * Each step takes its rows from the one before. `owner` has no row for content that belongs to somebody else, so nothing
 * follows for it: the conflict clause waits for a racing claim and then sees whose it is. Nor has it one for an actor whose account is deleted
 * or a name that was erased, as those who erase wait for the two look-ups' locks (migration 20261128120600_erasure). They are one look-up each
 * for all items: as subqueries of each they would make the plan that is kept look dear, and PostgreSQL would plan anew every time. As each
 * asset's row is made, the setting that row-level security checks it against becomes that row's actor.
 */
const text = ({ columns, onlyFreeNames = false, run = '' }: StatementForm): string => `
WITH ended AS MATERIALIZED (SELECT actor_id FROM ended_actors WHERE actor_id = ANY (${placeholderOf('actor_id')}) FOR KEY SHARE),
closed AS MATERIALIZED (SELECT digest FROM closed_names WHERE digest = ANY (${placeholderOf('name_digest')}) FOR KEY SHARE),
item AS MATERIALIZED (
  SELECT * FROM unnest(${columns.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})
    AS i(${columns.map(([name]) => name).join(', ')})),
owner AS (
  INSERT INTO content_owners (content_hash, owner_actor_id, created_at)
  SELECT content_hash, actor_id, at::timestamptz FROM item
  WHERE actor_id NOT IN (SELECT ended.actor_id FROM ended) AND name_digest NOT IN (SELECT closed.digest FROM closed)
    ${onlyFreeNames ? whereNameIsFree : ''}
  ON CONFLICT (content_hash) DO UPDATE SET content_hash = excluded.content_hash
    WHERE content_owners.owner_actor_id = excluded.owner_actor_id
  RETURNING content_hash),
asset AS (
  INSERT INTO assets (id, name, content_hash, owner_actor_id, owner_username, asset_type, tags, url, ipfs_cid, description,
    metadata, origin, visibility, activity_id, org_id, created_at, updated_at${run && ', provenance'})
  SELECT asset_id, name, content_hash, set_config('app.actor_id', actor_id, true), username, asset_type, tags::text[], url,
    ipfs_cid, description, metadata::jsonb, origin::jsonb, visibility, activity_id::uuid, org_id, at::timestamptz, at::timestamptz${run && ', provenance::jsonb'}
  FROM owner JOIN item USING (content_hash)
  RETURNING content_hash),
stored AS MATERIALIZED (SELECT item.* FROM asset JOIN item USING (content_hash)),
${run}
activity AS (
  INSERT INTO activities (activity_id, activity_type, actor_id, ap_actor_id, document, object_data, content_hash, published, proof)
  SELECT activity_id::uuid, 'Create', actor_id, ap_actor_id, document, object::jsonb, content_hash, at::timestamptz, proof::jsonb
  FROM stored),
salt AS (INSERT INTO log_salts (activity_id, salt) SELECT activity_id::uuid, salt FROM stored),
pending AS (
  INSERT INTO log_pending (leaf_hash, leaf, activity_id, created_at)
  SELECT leaf_hash, leaf, activity_id::uuid, at::timestamptz FROM stored),
answer AS (
  INSERT INTO idempotency_keys (actor_id, key, request_hash, status, response, created_at, expires_at)
  SELECT actor_id, idempotency_key, request_hash, 201, answer, at::timestamptz, at::timestamptz + interval '24 hours'
  FROM stored WHERE idempotency_key IS NOT NULL)
INSERT INTO outbox (id, type, routing_key, payload)
SELECT event_id, 'asset-registered', 'registry.asset-registered', event FROM stored
RETURNING id`;

const withRun = [...columns, ...runColumns];

const one = { name: 'register_asset', columns, text: text({ columns }) };
const many = { name: 'register_assets', columns, text: text({ columns, onlyFreeNames: true }) };
const ofRun = { name: 'record_run', columns: withRun, text: text({ columns: withRun, run: runSteps }) };

/**
 * Stores registrations, no two of them of the same name or content. Gives the event ids of those that were stored; the
 * others' content belongs to somebody else, their account has ended, their name was erased or, among several, is taken. A taken name that the statement could
 * not see before is an error of the unique index, which undoes everything; for a single registration it always is.
 *
 * Named, so that each connection parses and plans it once.
 */
export function registerStatement(items: readonly RegistrationItem[], names: ErasedNames): QueryConfig {
  const { columns, ...statement } = statementFor(items);
  const values = columns.map(([, type, value]) => {
    return binaryArray(
      type,
      items.map((item) => value(item, names)),
    );
  });
  return { ...statement, values };
}

/** What runs have made is stored one by one, so that the others' statement stays what it is. */
function statementFor(items: readonly RegistrationItem[]) {
  if (items.some(({ registration }) => registration.run !== undefined)) return ofRun;
  return items.length === 1 ? one : many;
}

function arrayLiteral(tags: readonly string[]): string {
  return `{${tags.map((tag) => `"${tag.replace(/[\\"]/g, '\\$&')}"`).join(',')}}`;
}
