import type { QueryConfig } from 'pg';
import type { IdempotentRequest } from './idempotency.ts';
import type { Registration } from './registration.ts';

/*
 * One statement is one transaction: asset, first owner of the content, signed activity, salt, pending leaf, event and stored
 * answer come together or not at all. Measured: as seven statements of a transaction a registration reaches two thirds
 * of this rate, and through Prisma's transactions a tenth.
 *
 * Each step takes its row from the one before, which fixes their order: the owner's setting is there before row-level
 * security looks at it, and when the content belongs to somebody else, `owner` is empty and so is all that follows.
 * The conflict clause waits for a racing claim of the same content and then sees whose it is. A taken name is an
 * error of the unique index, which undoes the whole statement.
 */
const common = `
WITH who AS MATERIALIZED (SELECT set_config('app.actor_id', $1, true) AS actor_id),
owner AS (
  INSERT INTO content_owners (content_hash, owner_actor_id, created_at)
  SELECT $2, actor_id, $3::timestamptz FROM who
  ON CONFLICT (content_hash) DO UPDATE SET content_hash = excluded.content_hash
    WHERE content_owners.owner_actor_id = excluded.owner_actor_id
  RETURNING owner_actor_id),
asset AS (
  INSERT INTO assets (id, name, content_hash, owner_actor_id, owner_username, asset_type, tags, url, ipfs_cid, description,
    metadata, origin, visibility, activity_id, org_id, created_at, updated_at)
  SELECT $4, $5, $2, owner_actor_id, $6, $7, $8::text[], $9, $10, $11,
    $12::jsonb, $13::jsonb, $14, $15::uuid, $16, $3::timestamptz, $3::timestamptz FROM owner
  RETURNING owner_actor_id),
activity AS (
  INSERT INTO activities (activity_id, activity_type, actor_id, ap_actor_id, document, object_data, content_hash, published, proof)
  SELECT $15::uuid, 'Create', owner_actor_id, $17, $18, $19::jsonb, $2, $3::timestamptz, $20::jsonb FROM asset),
salt AS (INSERT INTO log_salts (activity_id, salt) SELECT $15::uuid, $21::bytea FROM asset),
pending AS (
  INSERT INTO log_pending (leaf_hash, leaf, activity_id, created_at)
  SELECT $22::bytea, $23, $15::uuid, $3::timestamptz FROM asset)`;

const storedAnswer = `,
answer AS (
  INSERT INTO idempotency_keys (actor_id, key, request_hash, status, response, created_at, expires_at)
  SELECT owner_actor_id, $26, $27, 201, $28, $3::timestamptz, $3::timestamptz + interval '24 hours' FROM asset)`;

const event = `
INSERT INTO outbox (id, type, routing_key, payload)
SELECT $24, 'asset-registered', 'registry.asset-registered', $25 FROM asset`;

const plain = { name: 'register_asset', text: common + event };
const idempotent = { name: 'register_asset_idempotent', text: common + storedAnswer + event };

/** Named, so that each connection parses and plans it once. Affects one row when all was stored, none when the content is owned. */
export function registerStatement(r: Registration, request?: IdempotentRequest): QueryConfig {
  const { asset, fresh, registrant } = r;
  const values: unknown[] = [
    registrant.actorId,
    asset.content_hash,
    fresh.at,
    fresh.assetId,
    asset.name,
    r.ownerUsername,
    asset.asset_type,
    asset.tags,
    asset.url,
    asset.ipfs_cid,
    asset.description,
    r.metadataJson,
    r.originJson,
    asset.visibility,
    fresh.activityId,
    registrant.orgId,
    r.apActorId,
    r.document,
    r.objectJson,
    r.proofJson,
    fresh.salt,
    r.leafHash,
    r.leaf,
    fresh.eventId,
    r.eventPayload,
  ];
  if (request === undefined) return { ...plain, values };
  return { ...idempotent, values: [...values, request.key, request.requestHash, r.answer] };
}
