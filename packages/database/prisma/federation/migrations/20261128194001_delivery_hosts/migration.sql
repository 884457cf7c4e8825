-- Deliveries are taken host by host, and what is known of a host decides how many of its own may be under way.

-- Written by the database, so that the code of before, which does not know it, fills it too.
ALTER TABLE deliveries
  ADD COLUMN host TEXT GENERATED ALWAYS AS (lower(split_part(inbox, '/', 3))) STORED,
  -- Since when it has waited: nothing waits for ever.
  ADD COLUMN queued_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- From one host that something waits for to the next, and what is due of it, oldest first.
CREATE INDEX deliveries_host_idx ON deliveries (host, next_at, created_at, id) WHERE state = 'pending';
-- What is past keeping.
CREATE INDEX deliveries_ended_idx ON deliveries (state, next_at) WHERE state <> 'pending';
-- Nothing looks for the due ones of all hosts any more.
DROP INDEX deliveries_due_idx;

-- A host may be known by how it answers before it is known which signatures it believes.
ALTER TABLE remote_hosts
  ALTER COLUMN signature_scheme DROP NOT NULL,
  -- In a row.
  ADD COLUMN failures INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN failing_since TIMESTAMPTZ(3),
  -- Nothing is sent to it before.
  ADD COLUMN retry_at TIMESTAMPTZ(3),
  ADD COLUMN last_error TEXT,
  -- How long its last answer took.
  ADD COLUMN latency_ms INTEGER;
