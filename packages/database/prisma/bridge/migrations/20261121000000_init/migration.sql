-- L1 servers and who is attached to which.

GRANT USAGE ON SCHEMA bridge TO bridge_svc;

CREATE TABLE l1_servers (
  url            TEXT PRIMARY KEY,
  name           TEXT,
  status         TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'draining', 'disabled')),
  public_key_pem TEXT,
  last_seen_at   TIMESTAMPTZ(3),
  created_at     TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at     TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE user_renderers (
  id          TEXT PRIMARY KEY,
  actor_id    TEXT NOT NULL,
  username    TEXT NOT NULL,
  l1_url      TEXT NOT NULL,
  status      TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'attached')),
  jti         TEXT,
  token_hash  TEXT,
  created_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  attached_at TIMESTAMPTZ(3),
  verified_at TIMESTAMPTZ(3),
  UNIQUE (username, l1_url)
);

CREATE INDEX user_renderers_actor_id_idx ON user_renderers (actor_id);

ALTER TABLE user_renderers ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_renderers FORCE ROW LEVEL SECURITY;
CREATE POLICY user_renderers_own ON user_renderers
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR current_setting('app.system', true) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON l1_servers, user_renderers TO bridge_svc;

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
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, processed_events, leases TO bridge_svc;
