-- Whom our actors follow, what they share, and how others react to what they published.

CREATE TABLE following (
  username           TEXT NOT NULL,
  target_ap_id       TEXT NOT NULL,
  -- As it was asked for, `user@host`, so that a target that has gone silent can still be named by it.
  handle             TEXT,
  -- Where the Undo goes; none for an actor of ours.
  inbox              TEXT,
  follow_activity_id TEXT NOT NULL,
  state              TEXT NOT NULL CHECK (state IN ('requested', 'accepted', 'rejected')),
  accepted_at        TIMESTAMPTZ(3),
  created_at         TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (username, target_ap_id)
);

CREATE INDEX following_target_ap_id_idx ON following (target_ap_id);

-- A follower of our own has no inbox that is written to. The code of before writes to it, and is refused by ourselves.
ALTER TABLE followers ADD COLUMN is_local BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE shares (
  username    TEXT NOT NULL,
  -- What is shared: an object or activity, by its URL.
  object_id   TEXT NOT NULL,
  -- Of the publication that is the Announce.
  activity_id UUID NOT NULL UNIQUE,
  created_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (username, object_id)
);

CREATE TABLE reactions (
  -- Of ours, without its fragment.
  object_id   TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('like', 'share', 'reply')),
  ap_actor    TEXT NOT NULL,
  -- A reply's note; empty for the others, of which an actor has one each.
  note_id     TEXT NOT NULL DEFAULT '',
  activity_id TEXT NOT NULL,
  created_at  TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (object_id, kind, ap_actor, note_id)
);

CREATE INDEX reactions_ap_actor_idx ON reactions (ap_actor);
CREATE INDEX reactions_object_id_kind_created_at_idx ON reactions (object_id, kind, created_at);

-- What a publication is about: an object of ours, without its fragment. What others announce is about none.
ALTER TABLE publications ADD COLUMN object_id TEXT;
UPDATE publications SET object_id = substring(document FROM '"(?:id|object)":"(https?://[^"/]+/objects/[0-9a-f]{64})') WHERE erased_at IS NULL;
CREATE INDEX publications_object_id_idx ON publications (object_id) WHERE object_id IS NOT NULL;

ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_kind_check CHECK (kind IN ('activity', 'accept', 'update', 'delete', 'follow', 'undo'));

GRANT SELECT, INSERT, UPDATE, DELETE ON following TO federation_svc;
GRANT SELECT, INSERT, DELETE ON shares, reactions TO federation_svc;
