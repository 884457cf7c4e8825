-- Counts the changes of what an actor says of itself (bio, avatar, website), so that those who keep a copy know the later one.
ALTER TABLE identities ADD COLUMN profile_version INTEGER NOT NULL DEFAULT 0;
