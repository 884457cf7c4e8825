-- Which leaf of the log tells of an actor key's introduction ('primary') or end ('retired', 'compromised'): each is written once,
-- however often its event comes. The row keeps what the leaf commits to, for certificates. Insert-only, as the log is.

CREATE TABLE key_leaves (
  key_id       TEXT NOT NULL,
  status       TEXT NOT NULL CHECK (status IN ('primary', 'retired', 'compromised')),
  actor_id     TEXT NOT NULL,
  -- Of the actor's key set, as the event had it that brought the leaf.
  keys_version INTEGER NOT NULL,
  document     TEXT NOT NULL,
  leaf_hash    BYTEA NOT NULL UNIQUE,
  created_at   TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (key_id, status)
);

CREATE INDEX key_leaves_actor_id_idx ON key_leaves (actor_id);

GRANT SELECT, INSERT ON key_leaves TO registry_svc;
