-- Anchors: which checkpoints of the log were given to OpenTimestamps calendars, what came of it, and how the calendars do.

-- A checkpoint that is, or is to be, attested by the Bitcoin chain. What is anchored is the SHA-256 of `checkpoint`.
CREATE TABLE anchors (
  -- The tree's root, hex.
  merkle_root     TEXT PRIMARY KEY CHECK (merkle_root ~ '^[0-9a-f]{64}$'),
  log_size        BIGINT NOT NULL UNIQUE CHECK (log_size > 0),
  activity_count  BIGINT NOT NULL,
  -- The checkpoint's body and the log's own signature line, as anybody can make them again.
  checkpoint      TEXT NOT NULL,
  -- Kept before anything is sent: whoever submits again, after whatever crash, submits the same.
  nonce           BYTEA NOT NULL CHECK (octet_length(nonce) = 16),
  state           TEXT NOT NULL CHECK (state IN ('queued', 'submitted', 'pending', 'upgraded', 'confirmed', 'stale')),
  -- Who asked for it; null when it was time.
  requested_by    TEXT,
  -- All answers of calendars merged into one .ots file. It only ever gains.
  ots_proof       BYTEA,
  created_at      TIMESTAMPTZ(3) NOT NULL,
  submitted_at    TIMESTAMPTZ(3),
  upgraded_at     TIMESTAMPTZ(3),
  confirmed_at    TIMESTAMPTZ(3),
  bitcoin_height  BIGINT,
  block_time      TIMESTAMPTZ(3),
  -- 80 bytes each: the block that attests, then those on top of it.
  block_headers   BYTEA,
  -- `<height>:<merkle root>` of attestations that the chain does not bear out.
  refuted         TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  header_check_at TIMESTAMPTZ(3),
  header_problem  TEXT,
  -- When it is too late for a block, and how often it has been so.
  stale_check_at  TIMESTAMPTZ(3) NOT NULL,
  stale_rounds    INTEGER NOT NULL DEFAULT 0,
  -- The events' subject_version.
  version         INTEGER NOT NULL DEFAULT 1
) WITH (fillfactor = 70);

CREATE INDEX anchors_state_log_size_idx ON anchors (state, log_size);
CREATE INDEX anchors_header_check_at_idx ON anchors (header_check_at) WHERE header_check_at IS NOT NULL;
CREATE INDEX anchors_unconfirmed_idx ON anchors (stale_check_at) WHERE state <> 'confirmed';

-- What is to be asked of which calendar for an anchor: to take it (`submit`), and later whether it is in a block (`poll`).
CREATE TABLE anchor_calls (
  merkle_root TEXT NOT NULL REFERENCES anchors (merkle_root),
  kind        TEXT NOT NULL CHECK (kind IN ('submit', 'poll')),
  -- Base URL, without a trailing slash.
  calendar    TEXT NOT NULL,
  -- The message that the calendar is asked about.
  commitment  BYTEA NOT NULL,
  created_at  TIMESTAMPTZ(3) NOT NULL,
  -- Accepted, or found in a block.
  done_at     TIMESTAMPTZ(3),
  attempts    INTEGER NOT NULL DEFAULT 0,
  -- Raised by whoever takes the call, so that a late loser does not spoil the winner's plan.
  claims      BIGINT NOT NULL DEFAULT 0,
  -- Null when there is nothing left to ask.
  next_at     TIMESTAMPTZ(3),
  -- A code; null after an answer that was in order.
  problem     TEXT,
  PRIMARY KEY (merkle_root, kind, calendar, commitment)
) WITH (fillfactor = 70);

CREATE INDEX anchor_calls_next_at_idx ON anchor_calls (next_at) WHERE next_at IS NOT NULL;

-- How each calendar does.
CREATE TABLE calendars (
  url                  TEXT PRIMARY KEY,
  last_success_at      TIMESTAMPTZ(3),
  last_failure_at      TIMESTAMPTZ(3),
  last_problem         TEXT,
  consecutive_failures INTEGER NOT NULL DEFAULT 0,
  -- Of the last answers, the latest first.
  latencies_ms         INTEGER[] NOT NULL DEFAULT ARRAY[]::INTEGER[],
  -- Until then it is left in peace.
  retry_at             TIMESTAMPTZ(3)
) WITH (fillfactor = 70);

-- One row: since when the log has waited for its next anchor. Its lock lets one replica at a time make anchors.
CREATE TABLE anchor_schedule (
  id    BOOLEAN PRIMARY KEY DEFAULT true CHECK (id),
  since TIMESTAMPTZ(3) NOT NULL
);

-- Nothing here is ever deleted.
GRANT SELECT, INSERT, UPDATE ON anchors, anchor_calls, calendars, anchor_schedule TO registry_svc;
