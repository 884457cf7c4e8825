-- Erasing what people wrote: the texts and the salts go, leaves and places in the log stay.

-- An erased asset has no name; that the name stays taken is in closed_names.
ALTER TABLE assets ALTER COLUMN name DROP NOT NULL;
ALTER TABLE assets ADD COLUMN erased_at TIMESTAMPTZ(3);
ALTER TABLE assets ADD CONSTRAINT assets_name_check CHECK (name IS NOT NULL OR erased_at IS NOT NULL);

ALTER TABLE activities ADD COLUMN erased_at TIMESTAMPTZ(3);

-- A keyed hash of each erased name, under a key that the database has only sealed (DATA_ENCRYPTION_KEY, context registry/name_key): so nobody
-- who reads the database can try names, and no row says whose name it was.
CREATE TABLE closed_names (
  digest    BYTEA PRIMARY KEY,
  closed_at TIMESTAMPTZ(3) NOT NULL
);

CREATE TABLE name_key (
  id     BOOLEAN PRIMARY KEY DEFAULT true CHECK (id),
  sealed TEXT NOT NULL
);

-- Whose account was deleted: nothing is registered for it any more.
CREATE TABLE ended_actors (
  actor_id TEXT PRIMARY KEY,
  ended_at TIMESTAMPTZ(3) NOT NULL
);

-- What remains to be erased in tables that have to be walked, a batch to a transaction. A row goes when it is done.
CREATE TABLE erasures (
  -- Of an account its actor, of an asset its own id.
  subject    TEXT PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind IN ('account', 'asset')),
  -- Of an account, once it is known: assets are walked by it.
  username   TEXT,
  step       INTEGER NOT NULL DEFAULT 0,
  -- How far that step is: the last row that it has seen.
  cursor     TEXT NOT NULL DEFAULT '',
  next_at    TIMESTAMPTZ(3) NOT NULL,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

GRANT SELECT, INSERT, UPDATE, DELETE ON erasures TO registry_svc;
GRANT SELECT, INSERT, UPDATE (sealed) ON name_key TO registry_svc;
-- The update is for SELECT … FOR KEY SHARE, see below; what a row says is written by the functions alone.
GRANT SELECT, UPDATE (closed_at) ON closed_names TO registry_svc;
GRANT SELECT, UPDATE (ended_at) ON ended_actors TO registry_svc;

-- A registration looks up its name and its actor by SELECT … FOR KEY SHARE, which holds ROW SHARE on these two tables until it is committed. The
-- functions take EXCLUSIVE, which waits for that, and which it waits for, before it takes its snapshot. So whatever was registered without seeing a
-- row is committed before the row is, and there for whoever erases after it; and the rest see the row. Readers, pg_dump too, are not held up. The
-- lock is taken in a transaction that holds no others, and not kept waiting for: registrations queue behind it.

CREATE FUNCTION close_names(digests BYTEA[], at TIMESTAMPTZ) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = registry, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
  LOCK TABLE closed_names IN EXCLUSIVE MODE;
  INSERT INTO closed_names (digest, closed_at) SELECT digest, at FROM unnest(digests) AS digest ON CONFLICT (digest) DO NOTHING;
END $$;

CREATE FUNCTION end_actor(actor TEXT, at TIMESTAMPTZ) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = registry, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
  LOCK TABLE ended_actors IN EXCLUSIVE MODE;
  INSERT INTO ended_actors (actor_id, ended_at) VALUES (actor, at) ON CONFLICT (actor_id) DO NOTHING;
END $$;

-- The service may insert activities and never change one. This is the one exception, as a function and not as a grant on columns, since a grant
-- would let it put any words into a signed document's place. The proof goes too: with it and the public key, guesses of the text could be verified.
CREATE FUNCTION erase_activities(ids UUID[], at TIMESTAMPTZ) RETURNS TABLE (tombstone TEXT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = registry, pg_temp AS $$
BEGIN
  DELETE FROM log_salts s WHERE s.activity_id = ANY (ids);
  RETURN QUERY UPDATE activities a SET
    document = format('{"@context":"https://www.w3.org/ns/activitystreams","deleted":%s,"formerType":%s,"id":%s,"published":%s,"type":"Tombstone"}',
      to_json(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), to_json('as:' || a.activity_type),
      a.document::json -> 'id', a.document::json -> 'published'),
    object_data = '{}', proof = '{}', erased_at = at
  WHERE a.activity_id = ANY (ids) AND a.erased_at IS NULL
  RETURNING a.document;
END $$;

REVOKE ALL ON FUNCTION close_names, end_actor, erase_activities FROM PUBLIC;
GRANT EXECUTE ON FUNCTION close_names, end_actor, erase_activities TO registry_svc;
