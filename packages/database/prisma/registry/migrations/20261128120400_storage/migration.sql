-- Where people keep copies of their works, which copies are there, and whether they still are. What a provider is reached with is sealed
-- (DATA_ENCRYPTION_KEY, context user_storage/<id>).

CREATE TABLE user_storage (
  id                   TEXT PRIMARY KEY,
  actor_id             TEXT NOT NULL,
  org_id               TEXT,
  provider_type        TEXT NOT NULL,
  provider_name        TEXT NOT NULL,
  config_enc           TEXT NOT NULL,
  -- Whether a system administrator configured it, who may name private addresses and folders of this machine.
  by_sysadmin          BOOLEAN NOT NULL DEFAULT false,
  capacity_gb          INTEGER CHECK (capacity_gb > 0),
  used_bytes           BIGINT NOT NULL DEFAULT 0 CHECK (used_bytes >= 0),
  is_active            BOOLEAN NOT NULL DEFAULT true,
  last_test_ok         BOOLEAN,
  last_test_message    TEXT,
  last_test_at         TIMESTAMPTZ(3),
  -- When something here is to be looked at; a provider whose copies are being looked at is claimed, by one replica at a time.
  next_check_at        TIMESTAMPTZ(3),
  check_claim          TEXT,
  check_claimed_until  TIMESTAMPTZ(3),
  -- How often in a row it could not be asked.
  check_failures       INTEGER NOT NULL DEFAULT 0,
  created_at           TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at           TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UNIQUE (actor_id, provider_name)
);

CREATE INDEX user_storage_next_check_at_idx ON user_storage (next_check_at);

CREATE TABLE storage_pins (
  content_hash    TEXT NOT NULL,
  storage_id      TEXT NOT NULL REFERENCES user_storage (id) ON DELETE CASCADE ON UPDATE CASCADE,
  actor_id        TEXT NOT NULL,
  org_id          TEXT,
  -- By what the copy is found: a CID, the key of an object in a bucket, the path of a file.
  pin_type        TEXT NOT NULL CHECK (pin_type IN ('cid', 'object', 'file')),
  ipfs_cid        TEXT,
  location        TEXT,
  size_bytes      BIGINT CHECK (size_bytes >= 0),
  etag            TEXT,
  -- Whether the provider is asked to pin what it does not have.
  request         BOOLEAN NOT NULL DEFAULT false,
  refcount        INTEGER NOT NULL DEFAULT 1 CHECK (refcount > 0),
  status          TEXT NOT NULL DEFAULT 'unknown' CHECK (status IN ('unknown', 'present', 'missing', 'changed', 'unsupported')),
  status_since    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- Bad news that one check brought and no second one has confirmed.
  suspected       TEXT CHECK (suspected IN ('missing', 'changed')),
  suspected_since TIMESTAMPTZ(3),
  last_checked_at TIMESTAMPTZ(3),
  next_check_at   TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_at      TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (content_hash, storage_id),
  CHECK (pin_type <> 'cid' OR ipfs_cid IS NOT NULL),
  CHECK (pin_type = 'cid' OR location IS NOT NULL)
);

CREATE INDEX storage_pins_storage_id_content_hash_idx ON storage_pins (storage_id, content_hash);
CREATE INDEX storage_pins_storage_id_next_check_at_idx ON storage_pins (storage_id, next_check_at);

-- The history of each pin: every change of its status, and the latest of the checks that changed nothing.
CREATE TABLE storage_checks (
  storage_id   TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  at           TIMESTAMPTZ(3) NOT NULL,
  actor_id     TEXT NOT NULL,
  result       TEXT NOT NULL CHECK (result IN ('present', 'missing', 'changed', 'pending', 'unreachable', 'unsupported')),
  message      TEXT NOT NULL,
  latency_ms   INTEGER NOT NULL,
  -- The pin's status after the check, and whether the check changed it.
  status       TEXT NOT NULL,
  is_change    BOOLEAN NOT NULL,
  PRIMARY KEY (storage_id, content_hash, at),
  FOREIGN KEY (content_hash, storage_id) REFERENCES storage_pins (content_hash, storage_id) ON DELETE CASCADE ON UPDATE CASCADE
);

-- Like assets that are not public: read by their owner and the owner's organisation, written by the owner. The loop that checks is the system.
ALTER TABLE user_storage ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_storage FORCE ROW LEVEL SECURITY;
CREATE POLICY user_storage_read ON user_storage FOR SELECT
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR org_id = nullif(current_setting('app.org_id', true), '')
         OR current_setting('app.system', true) = 'on');
CREATE POLICY user_storage_insert ON user_storage FOR INSERT
  WITH CHECK (actor_id = nullif(current_setting('app.actor_id', true), '')
              OR current_setting('app.system', true) = 'on');
CREATE POLICY user_storage_update ON user_storage FOR UPDATE
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR current_setting('app.system', true) = 'on');
CREATE POLICY user_storage_delete ON user_storage FOR DELETE
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR current_setting('app.system', true) = 'on');

ALTER TABLE storage_pins ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage_pins FORCE ROW LEVEL SECURITY;
CREATE POLICY storage_pins_read ON storage_pins FOR SELECT
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR org_id = nullif(current_setting('app.org_id', true), '')
         OR current_setting('app.system', true) = 'on');
CREATE POLICY storage_pins_insert ON storage_pins FOR INSERT
  WITH CHECK (actor_id = nullif(current_setting('app.actor_id', true), '')
              OR current_setting('app.system', true) = 'on');
CREATE POLICY storage_pins_update ON storage_pins FOR UPDATE
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR current_setting('app.system', true) = 'on');
CREATE POLICY storage_pins_delete ON storage_pins FOR DELETE
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR current_setting('app.system', true) = 'on');

ALTER TABLE storage_checks ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage_checks FORCE ROW LEVEL SECURITY;
CREATE POLICY storage_checks_owner ON storage_checks
  USING (actor_id = nullif(current_setting('app.actor_id', true), '')
         OR current_setting('app.system', true) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON user_storage, storage_pins TO registry_svc;
-- What was seen is not rewritten; repetitions are thinned out.
GRANT SELECT, INSERT, DELETE ON storage_checks TO registry_svc;
