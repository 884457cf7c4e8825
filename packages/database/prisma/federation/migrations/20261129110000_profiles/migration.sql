-- What an actor says of itself, a copy of identity's.
ALTER TABLE ap_actors
  ADD COLUMN bio             TEXT,
  ADD COLUMN avatar_url      TEXT,
  ADD COLUMN website_url     TEXT,
  ADD COLUMN profile_version INTEGER NOT NULL DEFAULT 0;
