-- Credentials that can be taken back: refresh tokens, API keys, API tokens, what was revoked, who did what.

-- Whoever makes an actor for another system says for whom, so that asking twice makes one.
ALTER TABLE actors ADD COLUMN registration_ref TEXT UNIQUE;

-- A logout with a credential that a logout has ended is a success; any other ended credential is not.
ALTER TABLE sessions
  ADD COLUMN ended_at   TIMESTAMPTZ(3),
  ADD COLUMN end_reason TEXT;

-- A key is published for a while before it signs.
ALTER TABLE signing_keys ADD COLUMN activates_at TIMESTAMPTZ(3);

-- `successor_enc` is sealed with the used token itself, so that nothing in here opens it, and wiped after 30 s.
CREATE TABLE refresh_tokens (
  token_hash    TEXT PRIMARY KEY,
  family_id     TEXT NOT NULL,
  session_id    TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE ON UPDATE CASCADE,
  actor_id      TEXT NOT NULL REFERENCES actors (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  client_hash   TEXT NOT NULL,
  created_at    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at    TIMESTAMPTZ(3) NOT NULL,
  used_at       TIMESTAMPTZ(3),
  successor_enc TEXT
) WITH (fillfactor = 80);

CREATE INDEX refresh_tokens_family_id_idx ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_actor_id_idx ON refresh_tokens (actor_id);
CREATE INDEX refresh_tokens_expires_at_idx ON refresh_tokens (expires_at);
CREATE INDEX refresh_tokens_successor_idx ON refresh_tokens (used_at) WHERE successor_enc IS NOT NULL;

-- `key` is the SHA-256 (hex) of the key, `key_prefix` its first 8 characters.
CREATE TABLE api_keys (
  id          TEXT PRIMARY KEY,
  key         TEXT NOT NULL UNIQUE,
  key_prefix  TEXT NOT NULL,
  actor_id    TEXT NOT NULL REFERENCES actors (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  actor_data  JSONB NOT NULL,
  org_id      TEXT,
  description TEXT NOT NULL,
  scopes      TEXT[] NOT NULL,
  is_active   BOOLEAN NOT NULL DEFAULT true,
  created_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at  TIMESTAMPTZ(3),
  last_used   TIMESTAMPTZ(3)
) WITH (fillfactor = 80);

CREATE INDEX api_keys_actor_id_created_at_idx ON api_keys (actor_id, created_at DESC);

-- Tokens that live outside a session: API tokens, and those that L1s get. `id` is the token's `jti`.
CREATE TABLE api_tokens (
  id           TEXT PRIMARY KEY,
  actor_id     TEXT NOT NULL REFERENCES actors (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  org_id       TEXT,
  label        TEXT NOT NULL,
  scopes       TEXT[] NOT NULL,
  kind         TEXT NOT NULL CHECK (kind IN ('api', 'l1')),
  l1_server    TEXT,
  token_hash   TEXT NOT NULL UNIQUE,
  created_at   TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at   TIMESTAMPTZ(3) NOT NULL,
  last_used_at TIMESTAMPTZ(3),
  revoked_at   TIMESTAMPTZ(3),
  CHECK ((kind = 'l1') = (l1_server IS NOT NULL))
) WITH (fillfactor = 80);

CREATE INDEX api_tokens_actor_id_created_at_idx ON api_tokens (actor_id, created_at DESC);
CREATE INDEX api_tokens_expires_at_idx ON api_tokens (expires_at);

-- Whatever is denied, under the id by which it is looked up: a token's jti, a session, an API key, a public key, an actor.
-- `confirmed_on` is the shared store's server process that is known to hold the entry; null, or another process, is unconfirmed.
CREATE TABLE revoked_tokens (
  jti          TEXT PRIMARY KEY,
  token_hash   TEXT UNIQUE,
  actor_id     TEXT,
  username     TEXT,
  reason       TEXT NOT NULL,
  revoked_at   TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at   TIMESTAMPTZ(3) NOT NULL,
  confirmed_on TEXT
) WITH (fillfactor = 80);

CREATE INDEX revoked_tokens_expires_at_idx ON revoked_tokens (expires_at);
CREATE INDEX revoked_tokens_confirmed_on_idx ON revoked_tokens (confirmed_on);

CREATE VIEW token_denylist AS SELECT jti, expires_at FROM revoked_tokens;

CREATE TABLE audit_log (
  id         TEXT PRIMARY KEY,
  at         TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  actor_id   TEXT,
  action     TEXT NOT NULL,
  target     TEXT,
  ip         TEXT,
  request_id TEXT,
  data       JSONB NOT NULL DEFAULT '{}'
);

CREATE INDEX audit_log_at_idx ON audit_log USING BRIN (at);
CREATE INDEX audit_log_actor_id_at_idx ON audit_log (actor_id, at);

ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY refresh_tokens_own ON refresh_tokens
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR current_setting('app.system', true) = 'on');

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY api_keys_own ON api_keys
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR current_setting('app.system', true) = 'on');

ALTER TABLE api_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY api_tokens_own ON api_tokens
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR current_setting('app.system', true) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON refresh_tokens, api_keys, api_tokens, revoked_tokens TO auth_svc;
GRANT SELECT ON token_denylist TO auth_svc;
-- Append-only: what was done is never rewritten, nor read back by the service.
GRANT INSERT ON audit_log TO auth_svc;
