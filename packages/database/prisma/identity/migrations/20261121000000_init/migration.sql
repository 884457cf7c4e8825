-- Custody of the actors' keys.

GRANT USAGE ON SCHEMA identity TO identity_svc;

CREATE TABLE key_sets (
  actor_id      TEXT PRIMARY KEY,
  username      TEXT NOT NULL,
  version       INTEGER NOT NULL DEFAULT 0,
  actor_status  TEXT NOT NULL DEFAULT 'active' CHECK (actor_status IN ('active', 'disabled', 'deleted')),
  actor_version INTEGER NOT NULL DEFAULT 0,
  created_at    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE actor_keys (
  id          TEXT PRIMARY KEY,
  actor_id    TEXT NOT NULL,
  username    TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('rsa', 'ed25519')),
  key_id      TEXT NOT NULL UNIQUE,
  public_key  TEXT NOT NULL,
  private_enc TEXT,
  status      TEXT NOT NULL DEFAULT 'primary' CHECK (status IN ('primary', 'retired', 'compromised')),
  created_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  retired_at  TIMESTAMPTZ(3)
);

CREATE INDEX actor_keys_actor_id_idx ON actor_keys (actor_id);
-- Whoever inserts first has made the pair; the other throws its own away.
CREATE UNIQUE INDEX actor_keys_primary_key ON actor_keys (actor_id, kind) WHERE status = 'primary';

GRANT SELECT, INSERT, UPDATE ON key_sets, actor_keys TO identity_svc;

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
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, processed_events, leases TO identity_svc;
