-- Who acts by a key of their own: identities, their public keys, challenges, and which signed requests were seen.

CREATE TABLE identities (
  id                 TEXT PRIMARY KEY,
  -- One of the two: an organisation is no actor.
  actor_id           TEXT UNIQUE,
  org_id             TEXT UNIQUE,
  handle             TEXT NOT NULL UNIQUE CHECK (handle = lower(handle)),
  identity_type      TEXT NOT NULL CHECK (identity_type IN ('human', 'agent', 'org')),
  display_name       TEXT NOT NULL,
  bio                TEXT,
  avatar_url         TEXT,
  website_url        TEXT,
  email              TEXT,
  agent_model        TEXT,
  agent_capabilities TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  -- The actor that made it: an agent's owner, an organisation's founder.
  spawned_by         TEXT,
  expires_at         TIMESTAMPTZ(3),
  deleted_at         TIMESTAMPTZ(3),
  -- Why it was deleted, and since when auth refuses all that it has.
  end_reason         TEXT,
  end_confirmed_at   TIMESTAMPTZ(3),
  -- actors.version of the last event of auth that was applied.
  actor_version      INTEGER NOT NULL DEFAULT 0,
  created_at         TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at         TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CHECK ((identity_type = 'org') = (actor_id IS NULL)),
  CHECK ((identity_type = 'org') = (org_id IS NOT NULL)),
  CHECK (identity_type <> 'agent' OR (spawned_by IS NOT NULL AND expires_at IS NOT NULL))
);

CREATE INDEX identities_created_at_id_idx ON identities (created_at, id);
CREATE INDEX identities_spawned_by_idx ON identities (spawned_by);
-- What the sweeper looks for: agents whose time is over, and ends that auth has not confirmed.
CREATE INDEX identities_agents_idx ON identities (expires_at) WHERE identity_type = 'agent' AND deleted_at IS NULL;
CREATE INDEX identities_unconfirmed_idx ON identities (deleted_at) WHERE deleted_at IS NOT NULL AND end_confirmed_at IS NULL;

CREATE TABLE auth_keys (
  id                      TEXT PRIMARY KEY,
  identity_id             TEXT NOT NULL REFERENCES identities (id),
  fingerprint             TEXT NOT NULL UNIQUE,
  algorithm               TEXT NOT NULL CHECK (algorithm IN ('ed25519')),
  public_key              BYTEA NOT NULL,
  label                   TEXT,
  last_used_at            TIMESTAMPTZ(3),
  expires_at              TIMESTAMPTZ(3),
  revoked_at              TIMESTAMPTZ(3),
  revoke_reason           TEXT,
  revocation_confirmed_at TIMESTAMPTZ(3),
  created_at              TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX auth_keys_identity_id_idx ON auth_keys (identity_id);
CREATE INDEX auth_keys_unconfirmed_idx ON auth_keys (revoked_at) WHERE revoked_at IS NOT NULL AND revocation_confirmed_at IS NULL;

CREATE TABLE auth_challenges (
  nonce_hash  TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  algorithm   TEXT NOT NULL,
  -- Whose bucket it counts in, so that nobody can use up another one's challenges: a hash, no address.
  requester   TEXT NOT NULL,
  expires_at  TIMESTAMPTZ(3) NOT NULL
);

CREATE INDEX auth_challenges_fingerprint_idx ON auth_challenges (fingerprint);
CREATE INDEX auth_challenges_expires_at_idx ON auth_challenges (expires_at);

CREATE TABLE msign_seen (
  hash       BYTEA PRIMARY KEY,
  expires_at TIMESTAMPTZ(3) NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX msign_seen_expires_at_idx ON msign_seen (expires_at);

-- Pairs that were imported before their actor has keys; the actor's first pair of that kind is taken from here.
CREATE TABLE waiting_keys (
  key_id      TEXT PRIMARY KEY,
  username    TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('rsa', 'ed25519')),
  public_key  TEXT NOT NULL,
  private_enc TEXT NOT NULL,
  created_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX key_sets_username_idx ON key_sets (username);
-- Replicas look for the sets that changed lately, to drop what they hold of them.
CREATE INDEX key_sets_updated_at_idx ON key_sets (updated_at);

GRANT SELECT, INSERT, UPDATE ON identities, auth_keys TO identity_svc;
-- Pruning locks rows (FOR UPDATE SKIP LOCKED), which needs UPDATE as well.
GRANT SELECT, INSERT, UPDATE, DELETE ON auth_challenges, msign_seen, waiting_keys TO identity_svc;
