-- Assets, the signed claims on them, and the transparency log.
-- Registering writes one row into most of these tables in one statement: no foreign keys between them, few indexes.

GRANT USAGE ON SCHEMA registry TO registry_svc;

CREATE TABLE assets (
  id             TEXT PRIMARY KEY,
  name           TEXT NOT NULL UNIQUE,
  content_hash   TEXT NOT NULL,
  owner_actor_id TEXT NOT NULL,
  owner_username TEXT NOT NULL,
  asset_type     TEXT NOT NULL,
  tags           TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  url            TEXT,
  ipfs_cid       TEXT,
  description    TEXT,
  metadata       JSONB NOT NULL DEFAULT '{}',
  origin         JSONB NOT NULL DEFAULT '{"type": "self"}',
  provenance     JSONB,
  visibility     TEXT NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'unlisted')),
  activity_id    UUID NOT NULL,
  org_id         TEXT,
  version        INTEGER NOT NULL DEFAULT 1,
  created_at     TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at     TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  deleted_at     TIMESTAMPTZ(3)
);

CREATE INDEX assets_created_at_id_idx ON assets (created_at, id);
CREATE INDEX assets_content_hash_idx ON assets (content_hash);
CREATE INDEX assets_owner_username_created_at_idx ON assets (owner_username, created_at);
-- No GIN index on tags: @> is not leakproof, so under row-level security the planner may not use one (only a superuser could
-- declare it so). A filter by tag walks the index of the order that was asked for.

-- Public rows are readable by all; others by their owner and the owner's organisation. Only the owner writes.
ALTER TABLE assets ENABLE ROW LEVEL SECURITY;
ALTER TABLE assets FORCE ROW LEVEL SECURITY;
CREATE POLICY assets_read ON assets FOR SELECT
  USING (visibility = 'public'
         OR owner_actor_id = nullif(current_setting('app.actor_id', true), '')
         OR org_id = nullif(current_setting('app.org_id', true), '')
         OR current_setting('app.system', true) = 'on');
CREATE POLICY assets_insert ON assets FOR INSERT
  WITH CHECK (owner_actor_id = nullif(current_setting('app.actor_id', true), '')
              OR current_setting('app.system', true) = 'on');
CREATE POLICY assets_update ON assets FOR UPDATE
  USING (owner_actor_id = nullif(current_setting('app.actor_id', true), '')
         OR current_setting('app.system', true) = 'on');

CREATE TABLE content_owners (
  content_hash   TEXT PRIMARY KEY,
  owner_actor_id TEXT NOT NULL,
  created_at     TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE activities (
  activity_id   UUID PRIMARY KEY,
  activity_type TEXT NOT NULL CHECK (activity_type IN ('Create', 'Update', 'Delete')),
  actor_id      TEXT NOT NULL,
  ap_actor_id   TEXT NOT NULL,
  document      TEXT NOT NULL,
  object_data   JSONB NOT NULL,
  content_hash  TEXT NOT NULL,
  published     TIMESTAMPTZ(3) NOT NULL,
  proof         JSONB NOT NULL
);

CREATE INDEX activities_content_hash_published_idx ON activities (content_hash, published);
CREATE INDEX activities_published_activity_id_idx ON activities (published, activity_id);

CREATE TABLE log_pending (
  leaf_hash   BYTEA PRIMARY KEY,
  leaf        TEXT NOT NULL,
  activity_id UUID,
  created_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CREATE TABLE log_entries (
  log_index   BIGINT PRIMARY KEY,
  leaf_hash   BYTEA NOT NULL UNIQUE,
  leaf        TEXT NOT NULL,
  activity_id UUID UNIQUE,
  seq         BIGINT UNIQUE,
  created_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE log_salts (
  activity_id UUID PRIMARY KEY,
  salt        BYTEA NOT NULL
);

-- One row, changed by every batch of the sequencer.
CREATE TABLE log_state (
  id        BOOLEAN PRIMARY KEY DEFAULT true CHECK (id),
  tree_size BIGINT NOT NULL DEFAULT 0,
  next_seq  BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

INSERT INTO log_state DEFAULT VALUES;

CREATE TABLE idempotency_keys (
  actor_id     TEXT NOT NULL,
  key          TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status       INTEGER NOT NULL,
  response     TEXT NOT NULL,
  created_at   TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at   TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY (actor_id, key)
);

CREATE INDEX idempotency_keys_expires_at_idx ON idempotency_keys USING BRIN (expires_at);

-- A name stays taken, so assets are marked as deleted. Claims and the log are insert-only.
GRANT SELECT, INSERT, UPDATE ON assets TO registry_svc;
GRANT SELECT, INSERT ON activities, log_entries TO registry_svc;
GRANT SELECT, INSERT, DELETE ON log_pending, log_salts TO registry_svc;
GRANT SELECT, UPDATE ON log_state TO registry_svc;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO registry_svc;
-- The update is for `ON CONFLICT (content_hash) DO UPDATE SET content_hash = excluded.content_hash WHERE …`, which waits for
-- a racing claim and then shows whether the owner is the same. The owner itself cannot be changed.
GRANT SELECT, INSERT, UPDATE (content_hash) ON content_owners TO registry_svc;

-- Operations: the outbox (updated twice per row and then deleted, so room is left on its pages and vacuum comes early),
-- what consumers have seen, leases of leader jobs.

CREATE TABLE outbox (
  id            TEXT PRIMARY KEY,
  type          TEXT NOT NULL,
  routing_key   TEXT NOT NULL,
  payload       TEXT NOT NULL,
  created_at    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  published_at  TIMESTAMPTZ(3),
  claimed_until TIMESTAMPTZ(3)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX outbox_unpublished_idx ON outbox (created_at) WHERE published_at IS NULL;

CREATE TABLE processed_events (
  consumer     TEXT NOT NULL,
  event_id     TEXT NOT NULL,
  processed_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (consumer, event_id)
);

CREATE INDEX processed_events_processed_at_idx ON processed_events USING BRIN (processed_at);

CREATE TABLE leases (
  job        TEXT PRIMARY KEY,
  holder     TEXT NOT NULL,
  fence      BIGINT NOT NULL,
  expires_at TIMESTAMPTZ(3) NOT NULL
);

-- Pruning locks rows (FOR UPDATE SKIP LOCKED), which needs UPDATE as well.
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, processed_events, leases TO registry_svc;

-- A signed activity and its event are 2 to 4 KB each, once: compressing them was the largest item of PostgreSQL's time per registration (40 to 50 µs of about 190).
-- Rows up to a page stay as they are.
ALTER TABLE activities SET (toast_tuple_target = 8160);
ALTER TABLE outbox SET (toast_tuple_target = 8160);
