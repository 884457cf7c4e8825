-- The log's tree over its leaves (RFC 6962, in the tiles of C2SP tlog-tiles), and the checkpoints that were signed of it.

-- `tiled_size` says how many leaves the tiles hold, `root` is the root of their tree: together the checkpoint that may be signed next. In a
-- log that has leaves already, and beside a replica of an earlier version, the tiles lag behind `tree_size`; the sequencer makes up for it.
ALTER TABLE log_state ADD COLUMN tiled_size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE log_state ADD COLUMN root BYTEA;

CREATE TABLE log_tiles (
  level      SMALLINT NOT NULL,
  tile_index BIGINT NOT NULL,
  hashes     BYTEA NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
  PRIMARY KEY (level, tile_index)
) WITH (autovacuum_vacuum_scale_factor = 0.02);

-- Hashes do not compress.
ALTER TABLE log_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- A tile only grows, so a full one stays as it is: whoever would rewrite history by mistake is refused here already.
CREATE FUNCTION log_tile_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) IS DISTINCT FROM OLD.hashes THEN
    RAISE EXCEPTION 'tile %/% would lose or change hashes', OLD.level, OLD.tile_index;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER log_tiles_only_grow BEFORE UPDATE ON log_tiles FOR EACH ROW EXECUTE FUNCTION log_tile_only_grows();

-- Every checkpoint that was ever served, as it was served.
CREATE TABLE log_checkpoints (
  size      BIGINT PRIMARY KEY,
  root      BYTEA NOT NULL,
  key_id    TEXT NOT NULL,
  note      TEXT NOT NULL,
  signed_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- The keys that have signed them, as verifiers need them; `from_size` is the first checkpoint's.
CREATE TABLE log_keys (
  key_id    TEXT PRIMARY KEY,
  vkey      TEXT NOT NULL,
  status    TEXT NOT NULL CHECK (status IN ('primary', 'retired', 'compromised')),
  from_size BIGINT NOT NULL
);

GRANT SELECT, INSERT, UPDATE (hashes) ON log_tiles TO registry_svc;
GRANT SELECT, INSERT ON log_checkpoints TO registry_svc;
GRANT SELECT, INSERT, UPDATE (status, from_size) ON log_keys TO registry_svc;
