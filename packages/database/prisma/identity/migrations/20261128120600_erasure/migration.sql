-- When an actor's end was, as auth told it: for some weeks from then on its keys still sign what tells others of the end. Null for an actor
-- that is active, and for one that ended before this column was.
ALTER TABLE key_sets ADD COLUMN ended_at TIMESTAMPTZ(3);
