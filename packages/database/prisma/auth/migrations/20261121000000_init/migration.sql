-- Actors and their organisations, password accounts, sessions, the key ring.

GRANT USAGE ON SCHEMA auth TO auth_svc;

CREATE TABLE actors (
  id              TEXT PRIMARY KEY,
  actor_type      TEXT NOT NULL CHECK (actor_type IN ('human', 'agent', 'service')),
  handle          TEXT NOT NULL UNIQUE CHECK (handle = lower(handle)),
  display_name    TEXT NOT NULL,
  email           TEXT UNIQUE CHECK (email = lower(email)),
  email_verified  BOOLEAN NOT NULL DEFAULT false,
  avatar_url      TEXT,
  is_sysadmin     BOOLEAN NOT NULL DEFAULT false,
  status          TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled', 'deleted')),
  owner_actor_id  TEXT,
  personal_org_id TEXT,
  version         INTEGER NOT NULL DEFAULT 1,
  created_at      TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at      TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE users (
  actor_id            TEXT PRIMARY KEY REFERENCES actors (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  username            TEXT NOT NULL UNIQUE,
  password_hash       TEXT,
  password_changed_at TIMESTAMPTZ(3),
  last_login_at       TIMESTAMPTZ(3),
  created_at          TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at          TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE orgs (
  id         TEXT PRIMARY KEY,
  public_id  TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('personal', 'team')),
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE memberships (
  actor_id  TEXT NOT NULL REFERENCES actors (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  org_id    TEXT NOT NULL REFERENCES orgs (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  role      TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  joined_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  left_at   TIMESTAMPTZ(3),
  PRIMARY KEY (actor_id, org_id)
);

CREATE INDEX memberships_org_id_idx ON memberships (org_id);

CREATE TABLE sessions (
  token            TEXT PRIMARY KEY,
  id               TEXT NOT NULL UNIQUE,
  actor_id         TEXT NOT NULL REFERENCES actors (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  actor_data       JSONB NOT NULL,
  method           TEXT NOT NULL,
  org_id           TEXT,
  ip               TEXT,
  user_agent       TEXT,
  is_valid         BOOLEAN NOT NULL DEFAULT true,
  created_at       TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at       TIMESTAMPTZ(3) NOT NULL,
  last_activity_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
) WITH (fillfactor = 80);

CREATE INDEX sessions_actor_id_idx ON sessions (actor_id);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

-- A session belongs to its actor alone, not to the organisation that is active in it.
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY sessions_own ON sessions
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR current_setting('app.system', true) = 'on');

CREATE TABLE signing_keys (
  kid         TEXT PRIMARY KEY,
  alg         TEXT NOT NULL DEFAULT 'RS256',
  use         TEXT NOT NULL CHECK (use IN ('token', 'internal')),
  service     TEXT,
  status      TEXT NOT NULL CHECK (status IN ('next', 'primary', 'verify', 'retired')),
  public_jwk  JSONB NOT NULL,
  private_enc TEXT,
  created_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  not_after   TIMESTAMPTZ(3),
  CHECK ((use = 'internal') = (service IS NOT NULL)),
  CHECK (use = 'token' OR private_enc IS NULL)
);

CREATE INDEX signing_keys_use_status_idx ON signing_keys (use, status);
-- Exactly one key signs tokens, also when two replicas start on an empty ring.
CREATE UNIQUE INDEX signing_keys_primary_key ON signing_keys (use) WHERE use = 'token' AND status = 'primary';

-- Actors, accounts and organisations are disabled or deleted by their status: a handle is never given twice.
GRANT SELECT, INSERT, UPDATE ON actors, users, orgs, memberships TO auth_svc;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, signing_keys TO auth_svc;

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
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, processed_events, leases TO auth_svc;
