-- Erased activities and deleted accounts.

-- A tombstone in an erased activity's place: the service may write one over a publication, and nothing else of its row.
ALTER TABLE publications ADD COLUMN erased_at TIMESTAMPTZ(3);
GRANT UPDATE (document, erased_at) ON publications TO federation_svc;

-- Followers are told of an actor's end. The code of before takes such a job for a claim's, whose signature identity refuses: it is dead then.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_kind_check CHECK (kind IN ('activity', 'accept', 'update', 'delete'));

-- What remains to be erased in tables that have to be walked, a batch to a transaction. A row goes when it is done.
CREATE TABLE erasures (
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('account', 'asset')),
  ap_actor_id TEXT NOT NULL,
  username    TEXT NOT NULL,
  -- What a stranger's activity names that is about it.
  marks       TEXT[] NOT NULL,
  step        INTEGER NOT NULL DEFAULT 0,
  -- How far that step is: the last row that it has seen.
  cursor      TEXT NOT NULL DEFAULT '',
  created_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

GRANT SELECT, INSERT, UPDATE, DELETE ON erasures TO federation_svc;
