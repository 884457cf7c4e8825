-- What L1s are still to be told: one row per token and L1 that held it. The row is written with what ended the attachment, so nothing is
-- forgotten, and stays a while after its end, so that the same end, told by another event, makes no second call.

CREATE TABLE l1_revocations (
  id            TEXT PRIMARY KEY,
  l1_url        TEXT NOT NULL,
  username      TEXT NOT NULL,
  -- Null where the attachment was made without a token of ours that we know; then the L1 is asked to forget the user.
  jti           TEXT,
  token_hash    TEXT,
  reason        TEXT NOT NULL,
  revoked_at    TIMESTAMPTZ(3) NOT NULL,
  state         TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'dead')),
  attempts      INTEGER NOT NULL DEFAULT 0,
  next_at       TIMESTAMPTZ(3) NOT NULL,
  claimed_until TIMESTAMPTZ(3),
  last_error    TEXT,
  created_at    TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  settled_at    TIMESTAMPTZ(3),
  UNIQUE (jti, l1_url)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX l1_revocations_due_idx ON l1_revocations (l1_url, next_at) WHERE state = 'pending';
CREATE INDEX l1_revocations_settled_idx ON l1_revocations (state, settled_at) WHERE state <> 'pending';
-- Attachments are looked up by their token when it is revoked.
CREATE INDEX user_renderers_jti_idx ON user_renderers (jti);

-- Claiming locks rows (FOR UPDATE SKIP LOCKED), which needs UPDATE as well.
GRANT SELECT, INSERT, UPDATE, DELETE ON l1_revocations TO bridge_svc;
