-- Local actors as others see them, publications, followers, what arrived and what is to be delivered.

GRANT USAGE ON SCHEMA federation TO federation_svc;

CREATE TABLE ap_actors (
  actor_id      TEXT PRIMARY KEY,
  username      TEXT NOT NULL UNIQUE,
  ap_id         TEXT NOT NULL UNIQUE,
  type          TEXT NOT NULL DEFAULT 'Person',
  display_name  TEXT,
  public_keys   JSONB NOT NULL DEFAULT '[]',
  actor_version INTEGER NOT NULL DEFAULT 0,
  keys_version  INTEGER NOT NULL DEFAULT 0,
  created_at    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  deleted_at    TIMESTAMPTZ(3)
);

CREATE TABLE publications (
  activity_id  UUID PRIMARY KEY,
  ap_actor_id  TEXT NOT NULL,
  document     TEXT NOT NULL,
  published_at TIMESTAMPTZ(3) NOT NULL
);

CREATE INDEX publications_ap_actor_id_published_at_activity_id_idx ON publications (ap_actor_id, published_at, activity_id);

CREATE TABLE followers (
  username           TEXT NOT NULL,
  follower_ap_id     TEXT NOT NULL,
  inbox              TEXT NOT NULL,
  shared_inbox       TEXT,
  follow_activity_id TEXT NOT NULL,
  accepted_at        TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_at         TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (username, follower_ap_id)
);

CREATE INDEX followers_follower_ap_id_idx ON followers (follower_ap_id);

CREATE TABLE remote_actors (
  ap_id          TEXT PRIMARY KEY,
  key_id         TEXT,
  public_key_pem TEXT,
  inbox          TEXT,
  shared_inbox   TEXT,
  fetched_at     TIMESTAMPTZ(3),
  failed_at      TIMESTAMPTZ(3),
  gone           BOOLEAN NOT NULL DEFAULT false
);

CREATE INDEX remote_actors_key_id_idx ON remote_actors (key_id);

CREATE TABLE inbox_log (
  ap_actor      TEXT NOT NULL,
  activity_id   TEXT NOT NULL,
  type          TEXT NOT NULL,
  payload       TEXT NOT NULL,
  payload_hash  TEXT NOT NULL,
  proof_verdict TEXT,
  received_at   TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  result        TEXT,
  PRIMARY KEY (ap_actor, activity_id)
);

CREATE TABLE deliveries (
  id            TEXT PRIMARY KEY,
  activity_id   UUID,
  object_id     TEXT NOT NULL,
  ap_actor_id   TEXT NOT NULL,
  inbox         TEXT NOT NULL,
  body          TEXT,
  kind          TEXT NOT NULL CHECK (kind IN ('activity', 'accept')),
  state         TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead', 'dropped')),
  attempts      INTEGER NOT NULL DEFAULT 0,
  next_at       TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  claimed_until TIMESTAMPTZ(3),
  last_error    TEXT,
  -- Microseconds: it is the order of the jobs of one object to one inbox.
  created_at    TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UNIQUE (activity_id, inbox),
  CHECK ((kind = 'activity') = (activity_id IS NOT NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

-- What is due; and whether an earlier job of the same object to the same inbox still waits.
CREATE INDEX deliveries_due_idx ON deliveries (next_at) WHERE state = 'pending';
CREATE INDEX deliveries_order_idx ON deliveries (inbox, object_id, created_at) WHERE state = 'pending';

CREATE TABLE blocked_hosts (
  host       TEXT PRIMARY KEY,
  reason     TEXT,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE claim_versions (
  subject TEXT PRIMARY KEY,
  version INTEGER NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON ap_actors, inbox_log, claim_versions TO federation_svc;
GRANT SELECT, INSERT, DELETE ON publications TO federation_svc;
GRANT SELECT, INSERT, UPDATE, DELETE ON followers, remote_actors, deliveries, blocked_hosts TO federation_svc;

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
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, processed_events, leases TO federation_svc;
