-- The log of what strangers sent is the queue of what is still to be done about it. Rows of older code have no place: they took effect as they were stored.

CREATE SEQUENCE inbox_places AS BIGINT CACHE 1;

ALTER TABLE inbox_log
  ADD COLUMN queue_place    BIGINT,
  ADD COLUMN attempts       INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN next_at        TIMESTAMPTZ(3),
  ADD COLUMN last_error     TEXT,
  ADD COLUMN parked_at      TIMESTAMPTZ(3),
  ADD COLUMN correlation_id TEXT;

-- A sender's waiting rows in the order in which they came; its first ones are found from sender to sender.
CREATE INDEX inbox_log_queue_idx ON inbox_log (ap_actor, queue_place) WHERE queue_place IS NOT NULL;
CREATE INDEX inbox_log_parked_idx ON inbox_log (parked_at) WHERE parked_at IS NOT NULL;

-- What is past keeping: texts first, then the ids by which a repeated activity is known.
CREATE INDEX inbox_log_text_idx ON inbox_log (received_at) WHERE payload <> '' AND queue_place IS NULL AND parked_at IS NULL;
CREATE INDEX inbox_log_blank_idx ON inbox_log (received_at) WHERE payload = '' AND queue_place IS NULL AND parked_at IS NULL;

-- Those that were not used for longest go first; what is in use is fetched anew every day.
CREATE INDEX remote_actors_fetched_at_idx ON remote_actors (fetched_at);

GRANT USAGE ON SEQUENCE inbox_places TO federation_svc;
GRANT DELETE ON inbox_log TO federation_svc;
